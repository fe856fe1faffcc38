import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type Feature,
  featureSchema,
  type Metric,
  metricSchema,
  type Source,
  type StandardTableName,
  standardTables,
} from '@tranche/contract'
import { referencedNames } from '@tranche/language'
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml'
import {
  type EmbeddedExpression,
  featureExpressions,
  featureNeeds,
  metricExpressions,
  metricNeeds,
} from '../../workspace/needs.ts'

/** A definition of a pack, with the text it has in its file. */
export interface PackDefinition {
  readonly kind: 'feature' | 'metric'
  readonly key: string
  /** Name of the pack's file, without folder. */
  readonly file: string
  readonly node: YAMLMap
  readonly value: Feature | Metric
}

/** Columns that the sources map, by standard table; `customer_id` and `known_at` are always there. */
export type MappedColumns = ReadonlyMap<string, ReadonlySet<string>>

/** The folder of a pack that ships with the product. */
export function packFolder(name: string): string {
  return join(import.meta.dirname, '..', '..', '..', 'packs', name)
}

/** All definitions of a pack, in the order of its files. */
export async function readPack(folder: string): Promise<readonly PackDefinition[]> {
  const definitions: PackDefinition[] = []
  for (const kind of ['feature', 'metric'] as const) {
    const dir = join(folder, `${kind}s`)
    const names = (await readdir(dir).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort()
    for (const name of names) {
      const document = parseDocument(await readFile(join(dir, name), 'utf8'))
      const items = isSeq(document.contents) ? document.contents.items : [document.contents]
      for (const node of items) {
        if (!isMap(node)) continue
        const value =
          kind === 'feature'
            ? featureSchema.parse(node.toJS(document))
            : metricSchema.parse(node.toJS(document))
        definitions.push({ kind, key: value.key, file: basename(name), node, value })
      }
    }
  }
  return definitions
}

/** Names that every table has, and the instant itself. */
const alwaysThere = ['customer_id', 'known_at', 'valid_from', 'source', 'as_of'] as const

/** Columns that a workspace's sources map. */
export function mappedColumns(sources: readonly Source[]): MappedColumns {
  const found = new Map<string, Set<string>>()
  for (const { tables } of sources)
    for (const { table, columns, extras } of tables) {
      const names = found.get(table) ?? new Set<string>(alwaysThere)
      for (const name of [...Object.keys(columns), ...Object.keys(extras)]) names.add(name)
      found.set(table, names)
    }
  return found
}

/**
 * The definitions that say something of a workspace: measures whose table and columns are mapped, and what is built on
 * them. An expression that falls back from one feature to another (`known(a) ? a : b`) needs one of them; the others
 * come along, missing for everyone.
 * @param kinds of transactions, where the sources tell them; without purchases what counts them says nothing
 */
export function supportedDefinitions(
  pack: readonly PackDefinition[],
  mapped: MappedColumns,
  kinds: ReadonlySet<string> = new Set(),
): readonly PackDefinition[] {
  const byId = new Map(pack.map((definition) => [idOf(definition), definition]))
  const hasPurchases = kinds.size === 0 || kinds.has('purchase')
  const live = new Set(
    pack
      .filter((definition) => readsMapped(definition, mapped))
      .filter(({ value }) => hasPurchases || !('where' in value) || !countsPurchases.test(value.where ?? ''))
      .map(idOf),
  )
  for (let before = -1; before !== live.size; ) {
    before = live.size
    for (const id of [...live]) {
      const definition = byId.get(id)!
      const needs = definitionNeeds(definition).filter((need) => !need.startsWith('table:'))
      const met = needs.filter((need) => live.has(need))
      if (needs.length > 0 && (fallsBack(definition) ? met.length === 0 : met.length < needs.length))
        live.delete(id)
    }
  }
  const kept = new Set<string>()
  const keep = (id: string): void => {
    const definition = byId.get(id)
    if (definition === undefined || kept.has(id)) return
    kept.add(id)
    for (const need of definitionNeeds(definition)) keep(need)
  }
  for (const id of live) keep(id)
  return pack.filter((definition) => kept.has(idOf(definition)))
}

/** Rows of no other kind. */
const countsPurchases = /^\(?!known\(kind\) \|\| kind == "purchase"\)?( &&|$)/

const idOf = ({ kind, key }: PackDefinition) => `${kind}:${key}`

function fallsBack({ kind, value }: PackDefinition): boolean {
  const text = kind === 'feature' ? (value as Feature).expression : undefined
  return text !== undefined && /\bknown\(|\bcoalesce\(/.test(text)
}

/** What a definition of a pack needs, as `kind:key`. */
export function definitionNeeds(definition: PackDefinition): readonly string[] {
  return definition.kind === 'feature'
    ? featureNeeds(definition.value as Feature, featureExpressions(definition.value as Feature))
    : metricNeeds(definition.value as Metric, metricExpressions(definition.value as Metric))
}

function readsMapped(definition: PackDefinition, mapped: MappedColumns): boolean {
  const value = definition.value
  const expressions =
    definition.kind === 'feature' ? featureExpressions(value as Feature) : metricExpressions(value as Metric)
  const read = columnsRead(definition, expressions)
  return [...read].every(([table, names]) => {
    const known = mapped.get(table)
    return known !== undefined && [...names].every((name) => known.has(name))
  })
}

function columnsRead(
  { kind, value }: PackDefinition,
  expressions: readonly EmbeddedExpression[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>()
  const add = (table: string, names: readonly string[]): void => {
    read.set(table, new Set([...(read.get(table) ?? []), ...names]))
  }
  for (const { scope, outcome } of expressions)
    if (scope.kind === 'table' && outcome.ok) add(scope.table, referencedNames(outcome.expr))
  if (value.from !== undefined) add(value.from, timeOf(value.from))
  if (kind === 'feature') {
    const { measure, from } = value as Feature
    if (measure !== undefined && from !== undefined) {
      if ('in' in measure && measure.in !== undefined) add(measure.in, timeOf(measure.in))
      if ('attribute' in measure) add(from, [measure.attribute])
      if ('age' in measure) add(from, [measure.age])
      if ('by' in measure)
        add(
          from,
          measure.by.filter((name) => name !== `${from.slice(0, -1)}_id`),
        )
    }
  } else {
    const { rate, outcome } = value as Metric
    if (rate !== undefined) {
      add(rate.from, timeOf(rate.from))
      if (rate.start === 'onboarded_at') add('customer_versions', ['onboarded_at'])
    }
    if (outcome !== undefined) add('customer_versions', [outcome.attribute])
  }
  return read
}

/** Windows run over a table's time; tables that are valid without one need none. */
function timeOf(table: string): readonly string[] {
  const standard = standardTables.find((candidate) => candidate.name === (table as StandardTableName))
  const time = standard !== undefined && 'time' in standard ? standard.time : undefined
  const required = standard?.columns.some((column) => column.name === time && 'required' in column)
  return time !== undefined && required ? [time] : []
}
