import type { Text, Workspace } from '@tranche/contract'
import { counted, formatInstant, formatNumber, formatPercent } from '@tranche/language'
import type { Cell } from '../engine/warehouse.ts'
import type { ExplainedFeature } from '../features/explain-customer.ts'
import type { ClusterPlace } from '../segments/explain-cluster.ts'
import type { ExplainedSegment } from './explain-segment.ts'
import { staleWords } from './staleness.ts'
import { inUnit } from './unit-words.ts'

/** Changes that are told; --json has all. */
const mostChanges = 3

/** Why somebody is in a segment or not, clause by clause, for people. */
export function explanationLines(
  explained: ExplainedSegment,
  { timeZone, currency }: Pick<Workspace, 'timeZone' | 'currency'>,
): readonly Text[] {
  const {
    customer,
    segment,
    verdict,
    asOf,
    since,
    sinceRun,
    changed,
    clauses,
    changes,
    features,
    units,
    cluster,
  } = explained
  const old = changed ? null : staleWords(explained)
  const said = {
    in: { en: 'in', zh: '属于' },
    out: { en: 'not in', zh: '不属于' },
    unknown: { en: 'not known to be in', zh: '无法判断是否属于' },
  }[verdict]
  const instant = (at: string, lang: 'en' | 'zh') => formatInstant(at, { lang, timeZone })
  const held =
    since === null
      ? { en: '', zh: '' }
      : {
          en: `, seen in it since ${instant(since, 'en')}${sinceRun === null ? '' : ` (run ${sinceRun})`}`,
          zh: `，自 ${instant(since, 'zh')} 起属于${sinceRun === null ? '' : `（运行 ${sinceRun}）`}`,
        }
  const measured = (name: string, value: Cell): Text => inUnit(value, units[name] ?? 'none', currency)
  const valuesOf = (values: Readonly<Record<string, Cell>>, lang: 'en' | 'zh') =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${measured(name, value)[lang]}`)
      .join(lang === 'en' ? ', ' : '，')
  return [
    {
      en: `${customer} is ${said.en} ${segment} as of ${instant(asOf, 'en')}${held.en}`,
      zh: `截至 ${instant(asOf, 'zh')}，客户 ${customer} ${said.zh} ${segment}${held.zh}`,
    },
    ...(changed ? [changedSince] : []),
    ...(old === null ? [] : [{ en: `    ${old.en}`, zh: `    ${old.zh}` }]),
    ...clauses.map((clause) => {
      const holds = holdsWords(clause.holds)
      return {
        en: `    ${holds.en.padEnd(3)}  ${clause.clause}   (${valuesOf(clause.values, 'en')})`,
        zh: `    ${holds.zh}  ${clause.clause}   （${valuesOf(clause.values, 'zh')}）`,
      }
    }),
    ...(cluster === null ? [] : centreLines(cluster, measured)),
    ...changes.slice(0, mostChanges).map(({ name, from, to, verdict: next }) => {
      const [now, other] = apart(measured(name, from), measured(name, to), from, to)
      return {
        en: `    would be ${next === 'in' ? 'in' : next === 'out' ? 'out' : 'unknown'} with ${name} = ${other.en} instead of ${now.en}`,
        zh: `    若 ${name} 由 ${now.zh} 变为 ${other.zh}，则${{ in: '属于', out: '不属于', unknown: '无法判断' }[next]}`,
      }
    }),
    ...features.flatMap(({ key, madeOf }) =>
      madeOf.kind === 'rows'
        ? [
            {
              en: `    ${key} rests on ${rowsOfTables(madeOf)
                .map(({ rows, table }) => `${counted(rows.length, 'row', 'rows')} of ${table}`)
                .join(' and ')}`,
              zh: `    ${key} 来自 ${rowsOfTables(madeOf)
                .map(({ rows, table }) => `${table} 的 ${rows.length} 行`)
                .join('和')}`,
            },
          ]
        : [{ en: `    ${key} = ${madeOf.expression}`, zh: `    ${key} = ${madeOf.expression}` }],
    ),
    ...(features.length === 0
      ? []
      : [
          {
            en: `    (tranche explain ${customer} --feature KEY, or --json, shows the rows)`,
            zh: `    （可用 tranche explain ${customer} --feature 特征键 或 --json 查看这些行）`,
          },
        ]),
  ]
}

/** The rows that made a value, table by table. */
function rowsOfTables(madeOf: Extract<ExplainedFeature['madeOf'], { readonly kind: 'rows' }>) {
  return [madeOf, ...(madeOf.following === undefined ? [] : [madeOf.following])]
}

const changedSince: Text = {
  en: '    The definition changed since this run; told is the one by which the run counted.',
  zh: '    该定义在此次运行之后已变更；以下按该次运行所用的定义说明。',
}

function holdsWords(holds: boolean | null): Text {
  if (holds === null) return { en: '?', zh: '？' }
  return holds ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }
}

/** Amounts that are the same but for parts of the smallest coin stand as they are. */
function apart(now: Text, other: Text, from: Cell, to: Cell): readonly [Text, Text] {
  const plain = (value: Cell): Text => ({ en: String(value), zh: String(value) })
  return now.en === other.en ? [plain(from), plain(to)] : [now, other]
}

/** Features that are told for a cluster and against another; --json has all. */
const mostContributions = 3

/** How near the centres are, and what brings the customer nearer to one. */
function centreLines(
  { centres, against, contributions }: ClusterPlace,
  measured: (name: string, value: Cell) => Text,
): readonly Text[] {
  const [nearest, next] = [centres[0]!, centres.find(({ segment }) => segment === against)!]
  const number = (value: number, lang: 'en' | 'zh') =>
    formatNumber(value, { lang, digits: 2, compact: false })
  const head: Text =
    nearest.probability === undefined
      ? {
          en: `    nearest centre: ${nearest.segment} (${number(nearest.distance!, 'en')} deviations away); ${next.segment} is ${number(next.distance!, 'en')} away`,
          zh: `    最近的中心：${nearest.segment}（距离${number(nearest.distance!, 'zh')}个标准差）；${next.segment} 距离${number(next.distance!, 'zh')}`,
        }
      : {
          en: `    likeliest: ${nearest.segment} (${formatPercent(nearest.probability, { lang: 'en' })}); ${next.segment} ${formatPercent(next.probability!, { lang: 'en' })}`,
          zh: `    最可能属于 ${nearest.segment}（${formatPercent(nearest.probability, { lang: 'zh' })}）；${next.segment} 为${formatPercent(next.probability!, { lang: 'zh' })}`,
        }
  const told = contributions
    .slice(0, mostContributions)
    .map(({ name, value, standard, nearest: here, other, squared }): Text => {
      const own = squared > 0 ? nearest.segment : next.segment
      const place = (at: number | string | null, lang: 'en' | 'zh') =>
        typeof at === 'number' ? number(at, lang) : at === null ? measured(name, null)[lang] : at
      const where = (lang: 'en' | 'zh') =>
        standard === null
          ? measured(name, value)[lang]
          : `${measured(name, value)[lang]} → ${number(standard, lang)}`
      return {
        en: `      ${name} = ${where('en')} speaks for ${own} (centres at ${place(here, 'en')} and ${place(other, 'en')})`,
        zh: `      ${name} = ${where('zh')} 更接近 ${own}（两中心为 ${place(here, 'zh')} 与 ${place(other, 'zh')}）`,
      }
    })
  return [head, ...told]
}
