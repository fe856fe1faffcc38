import type { Text } from '@tranche/contract'
import { nearest } from '@tranche/language'
import { levelWords } from '@tranche/language/report'
import type { Cell, Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { inputAges } from '../segments/input-ages.ts'
import type { RuleScope } from '../segments/rule-scope.ts'
import { standingSegments } from '../segments/standing.ts'
import { sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { withPublishedTables } from './published-table.ts'
import { type Staleness, stalenessOf } from './staleness.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface PublishedSegment extends Staleness {
  readonly key: string
  readonly label: Text
  readonly rule: string
  readonly customers: number
  readonly share: number | null
  readonly unknown: number
  readonly value12m: string | null
  readonly asOf: string
  readonly logicHash: string | null
}

/** All segments of the published run, with how many each holds and of how many it is not known. */
export async function listSegments(
  catalogue: Catalogue,
  env: Environment = process.env,
): Promise<readonly PublishedSegment[]> {
  return await withPublishedTables(catalogue, env, async ({ warehouse, manifest }) => {
    const rows = await warehouse.rows<Record<string, Cell>>(sql`${summarySql} order by segment`)
    const ages = await inputAges(warehouse)
    return rows.map((row) => publishedSegment(row, catalogue, manifest.asOf, ages))
  })
}

/** One segment of the published run. @throws TrancheError refused where the run has none of this key */
export async function showSegment(
  catalogue: Catalogue,
  key: string,
  env: Environment = process.env,
): Promise<PublishedSegment> {
  return await withPublishedTables(catalogue, env, async ({ warehouse, manifest }) => {
    await requirePublished(warehouse, key)
    const row = await warehouse.row<Record<string, Cell>>(sql`${summarySql} where segment = ${key}`)
    return publishedSegment(row, catalogue, manifest.asOf, await inputAges(warehouse))
  })
}

const summarySql = sql`select segment, customers, share, unknown, value_12m, logic_hash, label_en, label_zh, "set", cell
  from ${tableNamed('segment_summary')} as summary left join ${tableNamed('segment_sets')} as sets using (segment)`

function publishedSegment(
  row: Readonly<Record<string, Cell>>,
  catalogue: Catalogue,
  asOf: string,
  ages: Awaited<ReturnType<typeof inputAges>>,
): PublishedSegment {
  const { segments, segmentSets } = catalogue
  const key = String(row['segment'])
  const definition = segments.find((segment) => segment.key === key)
  const set = segmentSets.find((one) => one.key === row['set'])
  const hash = row['logic_hash'] as string | null
  return {
    key,
    label: definition?.value.label ?? cellLabel(row) ?? standingLabel(key),
    rule: definition?.value.rule ?? cellRuleText(row) ?? standingRule(key),
    customers: Number(row['customers']),
    share: row['share'] as number | null,
    unknown: Number(row['unknown']),
    value12m: row['value_12m'] === null ? null : String(row['value_12m']),
    asOf,
    logicHash: hash,
    ...stalenessOf(ages.get(key), hash !== null && hash !== (definition ?? set)?.logicHash, catalogue),
  }
}

function cellLabel({ label_en, label_zh }: Readonly<Record<string, Cell>>): Text | undefined {
  return typeof label_en === 'string' && typeof label_zh === 'string'
    ? { en: label_en, zh: label_zh }
    : undefined
}

function cellRuleText({ set, cell }: Readonly<Record<string, Cell>>): string | undefined {
  return typeof set === 'string' ? `${set} == "${String(cell)}"` : undefined
}

/** @throws TrancheError not_found with the nearest known key */
export function requireSegment(
  { segments, segmentSets }: Pick<Catalogue, 'segments' | 'segmentSets'>,
  key: string,
): void {
  const known = [
    ...standingSegments.map((segment) => segment.key as string),
    ...segmentSets.flatMap(({ value }) => cellsOf(value).map((cell) => cell.key)),
    ...segments.map((one) => one.key),
  ]
  if (known.includes(key)) return
  const near = nearest(key, known)
  throw new TrancheError(
    'not_found',
    { en: `There is no segment ${JSON.stringify(key)}.`, zh: `没有名为 ${JSON.stringify(key)} 的客群。` },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

/** A segment that was defined after the run is in no table of it. */
export async function requirePublished(warehouse: Warehouse, key: string): Promise<void> {
  const { known } = await warehouse.row<{ known: number }>(
    sql`select count(*) as known from ${tableNamed('segment_summary')} where segment = ${key}`,
  )
  if (known > 0 || standingSegments.some((segment) => segment.key === key)) return
  const onCluster = warehouse.dialect.name === 'trino'
  throw new TrancheError(
    'refused',
    { en: `The published run has no segment ${key} yet.`, zh: `已发布的运行中还没有客群 ${key}。` },
    {
      hint: onCluster
        ? {
            en: 'A run that stays on its cluster makes segments by rule, and no sets or what rests on them (warehouse.bring in tranche.yaml); if it is a newer rule, run `tranche run`.',
            zh: '留在集群上的运行只生成规则客群，不生成客群组及依赖它的客群（见 tranche.yaml 的 warehouse.bring）；如果这是新增的规则，请先执行 `tranche run`。',
          }
        : { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' },
    },
  )
}

/** A feature that was defined after the run is in no table of it. */
export function requireColumns(names: readonly string[], known: ReadonlySet<string>): void {
  const lacking = names.filter((name) => !known.has(name))
  if (lacking.length === 0) return
  throw new TrancheError(
    'refused',
    {
      en: `The published run has no ${lacking.join(', ')}: it was defined later.`,
      zh: `已发布的运行中没有 ${lacking.join('、')}：它是之后才定义的。`,
    },
    { hint: { en: 'Run `tranche run` first.', zh: '请先执行 `tranche run`。' } },
  )
}

/** Names of the scope that the published run has a column for. */
export async function publishedColumns(
  warehouse: Warehouse,
  { columns }: RuleScope,
): Promise<ReadonlySet<string>> {
  const sets = await warehouse.rows<{ name: string }>(
    sql`select distinct "set" as name from ${tableNamed('segment_sets')}`,
  )
  const known = {
    features: await columnsOf(warehouse, 'features'),
    customer_value: await columnsOf(warehouse, 'customer_value'),
    customer_sets: sets.map(({ name }) => name),
  }
  return new Set([...columns].flatMap(([name, { from }]) => (known[from].includes(name) ? [name] : [])))
}

async function columnsOf(warehouse: Warehouse, table: string): Promise<readonly string[]> {
  return (await warehouse.columns(sql`select * from ${tableNamed(table)} where false`)).names
}

export function standingLabel(key: string): Text {
  const found = standingSegments.find((segment) => segment.key === key)
  const word = found === undefined ? undefined : levelWords[found.column]?.[found.value]
  return word ?? { en: key, zh: key }
}

function standingRule(key: string): string {
  const found = standingSegments.find((segment) => segment.key === key)
  return found === undefined ? '' : `${found.column} == "${found.value}"`
}
