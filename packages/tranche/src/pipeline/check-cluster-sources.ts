import {
  type ColumnMapping,
  type Expectation,
  type Source,
  standardTables,
  type Text,
} from '@tranche/contract'
import { isInPlace } from '../intake/cluster/place.ts'
import { lookedUpSources } from '../intake/mapping/stagings.ts'
import { institution } from '../intake/mapping/table-rows.ts'
import { formatsInPlace } from '../intake/readers/texts-in-place.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'
import type { DefinitionProblem } from '../workspace/problems.ts'

type Checked = Pick<Catalogue, 'sources' | 'workspace'>
type Say = (path: readonly PropertyKey[], text: Text) => DefinitionProblem

/** What can't be done with tables of a cluster where they lie, said before anything is asked of it. */
export function checkClusterSources({ sources, workspace }: Checked): readonly DefinitionProblem[] {
  const inPlace = sources.filter(({ value }) => isInPlace(value))
  const keys = new Set(inPlace.map(({ key }) => key))
  const lookedUp = new Set(inPlace.flatMap(({ value }) => lookedUpSources(value)))
  return sources.flatMap((source) => {
    const say: Say = (path, text) => ({
      severity: 'error',
      place: source.placeOf(path),
      text,
      hint: copyInstead,
    })
    return [
      ...(source.value.cluster !== undefined && workspace.warehouse.engine !== 'trino'
        ? [noCluster(source)]
        : []),
      ...(isInPlace(source.value) ? ownProblems(source, { workspace, keys, lookedUp }, say) : []),
      ...(isInPlace(source.value) ? [] : lookupsInto(source, keys, say)),
    ]
  })
}

const copyInstead: Text = {
  en: 'cluster: {table: …, copy: true} takes the table in on this machine like a file, where all of this can be done.',
  zh: '设 cluster: {table: …, copy: true} 后，该表按文件方式读入本机，上述功能均可使用。',
}

function noCluster(source: Definition<Source>): DefinitionProblem {
  return {
    severity: 'error',
    place: source.placeOf(['cluster']),
    text: {
      en: 'cluster: tranche.yaml names no cluster (warehouse.engine: trino) of which this could be a table.',
      zh: 'cluster：tranche.yaml 未指定集群（warehouse.engine: trino），无法读取该表。',
    },
  }
}

interface Others extends Pick<Checked, 'workspace'> {
  /** Sources that lie on the cluster. */
  readonly keys: ReadonlySet<string>
  /** Sources in which one of them looks something up. */
  readonly lookedUp: ReadonlySet<string>
}

function ownProblems(
  { key, value }: Definition<Source>,
  { workspace: { identity }, keys, lookedUp }: Others,
  say: Say,
): readonly DefinitionProblem[] {
  const system = value.system ?? institution
  return [
    ...Object.entries(value.identifiers)
      .filter(([, { use }]) => use !== 'drop')
      .map(([name, { use }]) =>
        say(['identifiers', name, 'use'], {
          en: `use: ${use} needs the key of pseudonyms, which never leaves this machine: of a table in place a name can only be dropped.`,
          zh: `use: ${use} 需要假名密钥，而密钥不会离开本机：就地读取的表中，直接标识只能丢弃（drop）。`,
        }),
      ),
    ...(value.tables.length === 0 && !lookedUp.has(key)
      ? [
          say(['cluster'], {
            en: 'A table in place is mapped to a standard table, or another table in place looks something up in it.',
            zh: '就地读取的表须映射到标准表，或供另一张就地读取的表查找。',
          }),
        ]
      : []),
    ...(identity.some(({ systems }) => (systems as readonly string[]).includes(system))
      ? [
          say(['system'], {
            en: `identity in tranche.yaml joins the customers of ${system}, which rows in place can't take part in.`,
            zh: `tranche.yaml 的 identity 会合并 ${system} 的客户，就地读取的行无法参与。`,
          }),
        ]
      : []),
    ...value.expectations.map((_, index) =>
      say(['expectations', index], {
        en: "Expectations of a table in place are said of its mappings' columns, not of its own.",
        zh: '就地读取的表只能对映射后的列设预期，不能对原始列设预期。',
      }),
    ),
    ...value.tables.flatMap((mapping, index) => [
      ...(mapping.unpivot === undefined ? [] : [say(['tables', index, 'unpivot'], notInPlace('unpivot'))]),
      ...(mapping.table === 'fx_rates' ? [say(['tables', index, 'table'], notInPlace('fx_rates'))] : []),
      ...mapping.expectations.flatMap((expectation, at) =>
        notAsked
          .filter((kind) => expectation[kind] !== undefined)
          .map((kind) => say(['tables', index, 'expectations', at, kind], notInPlace(kind))),
      ),
      ...Object.entries(mapping.columns).flatMap(([name, column]) =>
        columnProblems(column, typeOf(mapping.table, name), keys, ['tables', index, 'columns', name], say),
      ),
      ...Object.entries(mapping.extras).flatMap(([name, column]) =>
        columnProblems(column, column.type, keys, ['tables', index, 'extras', name], say),
      ),
    ]),
  ]
}

/** Kinds of expectations that need rows on this machine. */
const notAsked = ['pattern', 'unique', 'distribution'] as const satisfies (keyof Expectation)[]

function notInPlace(what: string): Text {
  return {
    en: `${what} can't be had of a table that is read where it lies.`,
    zh: `就地读取的表不支持 ${what}。`,
  }
}

function typeOf(table: string, name: string): string | undefined {
  const columns: readonly { readonly name: string; readonly type: string }[] =
    standardTables.find((candidate) => candidate.name === table)?.columns ?? []
  return name === 'known_at' ? 'instant' : columns.find((column) => column.name === name)?.type
}

function columnProblems(
  { lookup, format }: ColumnMapping,
  type: string | undefined,
  keys: ReadonlySet<string>,
  path: readonly PropertyKey[],
  say: Say,
): readonly DefinitionProblem[] {
  const known = type === 'date' || type === 'instant' ? formatsInPlace : []
  const other = [format ?? []].flat().find((name) => !known.includes(name))
  return [
    ...(lookup === undefined || keys.has(lookup.source)
      ? []
      : [
          say([...path, 'lookup', 'source'], {
            en: `${lookup.source} is taken in on this machine, so that rows which lie on the cluster can't look anything up in it. A table in place looks up in tables in place.`,
            zh: `${lookup.source} 读入本机，集群上的行无法在其中查找。就地读取的表只能在就地读取的表中查找。`,
          }),
        ]),
    ...(other === undefined
      ? []
      : [
          say([...path, 'format'], {
            en: `The format ${JSON.stringify(other)} is not read in place. Read there: ${known.join(', ') || 'none'}.`,
            zh: `就地读取不支持格式 ${JSON.stringify(other)}。支持：${known.join('、') || '无'}。`,
          }),
        ]),
  ]
}

function lookupsInto(
  { value }: Definition<Source>,
  keys: ReadonlySet<string>,
  say: Say,
): readonly DefinitionProblem[] {
  return value.tables.flatMap(({ columns, extras }, index) =>
    Object.entries({ ...columns, ...extras }).flatMap(([name, { lookup }]) =>
      lookup === undefined || !keys.has(lookup.source)
        ? []
        : [
            say(['tables', index, name in columns ? 'columns' : 'extras', name, 'lookup', 'source'], {
              en: `${lookup.source} is a table of the cluster, which nothing is looked up in where it lies.`,
              zh: `${lookup.source} 是就地读取的集群表，不能供查找。`,
            }),
          ],
    ),
  )
}
