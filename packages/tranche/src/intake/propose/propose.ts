import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import {
  type Language,
  type Metric,
  type Source,
  sourceSchema,
  type Text,
  workspaceSchema,
} from '@tranche/contract'
import { parse as parseYaml } from 'yaml'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, sql } from '../../sql/sql.ts'
import { expandFiles } from '../readers/list-files.ts'
import { attributeFeatures, attributesYaml } from './attribute-features.ts'
import type { SourceDraft } from './draft.ts'
import { guessOutcomes } from './outcomes.ts'
import { proposeSources } from './propose-sources.ts'
import { guessSettings } from './settings.ts'
import { mappedColumns, packFolder, readPack, supportedDefinitions } from './starter-catalogue.ts'
import { lookAt } from './subjects.ts'
import { templateSources } from './templates.ts'
import { definitionFiles } from './write-definitions.ts'
import { metricsYaml, sourceYaml, workspaceYaml } from './write-yaml.ts'

export interface ProposeOptions {
  /** Files, folders or globs. */
  readonly files: readonly string[]
  /** Folder of the workspace to be: paths of files are written relative to it. */
  readonly target: string
  readonly name?: string
  /** A model institution to start from, instead of files. */
  readonly template?: string
  readonly warehouse: Warehouse
  readonly signal?: AbortSignal
}

export interface Proposal {
  readonly workspaceYaml: string
  readonly sources: readonly { readonly key: string; readonly yaml: string; readonly value: Source }[]
  /** Other files of the workspace, by path: features, metrics. */
  readonly definitions: readonly { readonly path: string; readonly yaml: string }[]
  /** Outcome metrics guessed from attributes. */
  readonly outcomes: readonly Metric[]
  /** What was not sure, in the order of the files. */
  readonly notes: readonly Text[]
}

/**
 * Looks at the files and proposes a workspace: how each is mapped to the standard model and why, what names a person,
 * which attributes look like outcomes, and the starter features and metrics that these tables support.
 * @throws TrancheError where a file can't be read, or none is found
 */
export async function proposeWorkspace(options: ProposeOptions): Promise<Proposal> {
  const { warehouse, target, signal, template } = options
  if (template !== undefined && options.files.length === 0) return await proposeTemplate(options, template)
  const files = await expandFiles(target, options.files)
  if (files.length === 0) throw noFiles()
  const { subjects, notes: readNotes } = await lookAt(warehouse, files, signal)
  try {
    const proposed = await proposeSources(warehouse, subjects)
    const language: Language = proposed.chinese ? 'zh' : 'en'
    const settings = guessSettings(options.name ?? 'Workspace', subjects, proposed, language)
    const guesses = proposed.sources.flatMap(({ subject, draft }) => [...guessOutcomes(subject, draft)])
    const outcomes = guesses.map(({ metric }) => metric)
    const sources = proposed.sources.map(({ draft }) => {
      const written = { ...draft, files: draft.files.map((file) => pathFrom(target, file)) }
      const yaml = sourceYaml(written, language)
      return { key: draft.key, yaml, value: sourceSchema.parse(parseYaml(yaml)) }
    })
    const yaml = workspaceYaml(settings.draft)
    workspaceSchema.parse(parseYaml(yaml))
    const pack = await readPack(packFolder('starter'))
    const supported = supportedDefinitions(
      pack,
      mappedColumns(sources.map(({ value }) => value)),
      proposed.kinds,
    )
    const fresh = outcomes.filter(({ key }) => !supported.some((definition) => definition.key === key))
    const keys = new Set(supported.map(({ key }) => key))
    const attributes = proposed.sources.flatMap(({ subject, draft }) => {
      const own = attributeFeatures(subject, draft, keys)
      for (const { key } of own) keys.add(key)
      return own
    })
    return {
      workspaceYaml: yaml,
      sources,
      definitions: [
        ...definitionFiles(supported),
        ...(attributes.length === 0
          ? []
          : [{ path: 'features/attributes.yaml', yaml: attributesYaml(attributes, ownWords[language]) }]),
        ...(fresh.length === 0
          ? []
          : [{ path: 'metrics/outcomes.yaml', yaml: metricsYaml(fresh, language) }]),
      ],
      outcomes: fresh,
      notes: [
        ...readNotes,
        ...proposed.sources.flatMap(({ subject, draft }) =>
          draft.notes.filter((note) => !subject.readNotes.includes(note)),
        ),
        ...guesses.map(({ note }) => note),
        ...settings.notes,
      ],
    }
  } finally {
    for (const subject of subjects)
      await warehouse.run(sql`drop table if exists ${ident(subject.profile.table)}`)
  }
}

const ownWords: Text = {
  en: 'Attributes of the sources beyond the standard ones, so that rules and groups can name them.',
  zh: '来源中标准属性以外的属性，供规则与分群引用。',
}

/** A workspace for those who start from a model: empty files of the standard model, and what can be computed of them. */
async function proposeTemplate({ name = 'Workspace' }: ProposeOptions, template: string): Promise<Proposal> {
  const { sources: models, purchases } = templateSources(template)
  const language: Language = 'en'
  const assumed: Text = { en: 'change as needed', zh: '请按需修改' }
  const sources = models.map(({ key, label, table, columns, file }) => {
    const mapping = new Map(
      columns.map((column) => [column, { mapping: { from: column }, why: { en: '', zh: '' } }]),
    )
    const why: Text = { en: 'columns bear the names of the standard model', zh: '列名与标准模型一致' }
    const draft: SourceDraft = {
      key,
      label,
      files: [file],
      format: { type: 'csv', encoding: 'auto', header: true },
      identifiers: [],
      tables: [{ table, why, columns: mapping, extras: new Map() }],
      notes: [],
    }
    const yaml = sourceYaml(draft, language)
    return { key, yaml, value: sourceSchema.parse(parseYaml(yaml)) }
  })
  const supported = supportedDefinitions(
    // What the starter catalogue says of everybody, and what such an institution asks besides.
    [...(await readPack(packFolder('starter'))), ...(await readPack(packFolder(template)))],
    mappedColumns(sources.map(({ value }) => value)),
  )
  return {
    workspaceYaml: workspaceYaml({
      name: { en: name, zh: name },
      timeZone: { mapping: 'Asia/Shanghai', why: assumed },
      currency: { mapping: 'CNY', why: assumed },
      locale: language,
      purchases: { mapping: purchases, why: { en: 'what counts as a purchase', zh: '何为消费' } },
    }),
    sources,
    definitions: [
      ...definitionFiles(supported),
      ...models.map(({ file, columns }) => ({ path: file, yaml: `${columns.join(',')}\n` })),
    ],
    outcomes: [],
    notes: [
      {
        en: `Fill the files in data/ with rows of your own (${models.map(({ key }) => key).join(', ')}), or change files and columns in sources/.`,
        zh: `请将数据填入 data/ 下的文件（${models.map(({ key }) => key).join('、')}），或修改 sources/ 中的 files 与 columns。`,
      },
    ],
  }
}

/** Writes a proposed workspace; returns the files written, relative to it. Nothing there is overwritten. */
export async function writeProposal(dir: string, proposal: Proposal): Promise<readonly string[]> {
  const files: readonly { readonly path: string; readonly yaml: string }[] = [
    { path: 'tranche.yaml', yaml: proposal.workspaceYaml },
    ...proposal.sources.map(({ key, yaml }) => ({ path: `sources/${key}.yaml`, yaml })),
    ...proposal.definitions,
  ]
  for (const { path, yaml } of files) {
    const file = join(dir, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, yaml, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'EEXIST' ? alreadyThere(file, cause) : cause
    })
  }
  return files.map(({ path }) => path)
}

/** Relative to the workspace where the file lies near it, so that both can move together; else the whole path. */
function pathFrom(target: string, file: string): string {
  const path = relative(target, file).split(sep).join('/')
  const up = path.split('/').filter((part) => part === '..').length
  return isAbsolute(path) || up > 2 ? file : path
}

function noFiles(): TrancheError {
  return new TrancheError(
    'invalid_input',
    { en: 'No file was found to start from.', zh: '没有找到可用的文件。' },
    {
      hint: {
        en: 'Name CSV, Excel, JSON Lines or Parquet files, folders of them, or patterns such as data/*.csv.',
        zh: '请指定 CSV、Excel、JSON Lines 或 Parquet 文件、其所在文件夹，或 data/*.csv 这样的模式。',
      },
    },
  )
}

function alreadyThere(file: string, cause: unknown): TrancheError {
  return new TrancheError(
    'invalid_input',
    { en: `${file} is there already.`, zh: `${file} 已存在。` },
    { cause, hint: { en: 'Name another folder.', zh: '请换一个文件夹。' } },
  )
}
