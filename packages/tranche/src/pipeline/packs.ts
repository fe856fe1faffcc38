import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Feature,
  type Segment,
  type SegmentSet,
  type Source,
  segmentSchema,
  segmentSetSchema,
  type Text,
  textSchema,
} from '@tranche/contract'
import { Document, isMap, isSeq, parse, parseDocument, type YAMLMap, YAMLSeq } from 'yaml'
import { TrancheError } from '../errors.ts'
import {
  definitionNeeds,
  mappedColumns,
  type PackDefinition,
  packFolder,
  readPack,
  supportedDefinitions,
} from '../intake/propose/starter-catalogue.ts'
import { definitionFiles } from '../intake/propose/write-definitions.ts'
import { checkSegments } from '../segments/check-segments.ts'
import { ruleScopeNames } from '../segments/rule-scope.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { checkWorkspace } from '../workspace/load.ts'
import { segmentExpressions, segmentNeeds, segmentSetNeeds } from '../workspace/needs.ts'
import { toError } from '../workspace/problems.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { type StrategyName, strategyNames } from './strategies.ts'
import { surveyPack } from './survey-pack.ts'

export interface PackAbout {
  readonly key: StrategyName
  readonly label: Text
  readonly description: Text
  readonly cautions: readonly Text[]
}

export interface PackSegment {
  readonly key: string
  readonly node: YAMLMap
  /** Keys of features and segments that it names. */
  readonly needs: readonly string[]
  /** Keys of segments that it makes. */
  readonly makes: readonly string[]
}

export interface AddedPack {
  readonly about: PackAbout
  readonly files: readonly string[]
  readonly features: readonly string[]
  readonly metrics: readonly string[]
  readonly segments: readonly string[]
  /** Segments and metrics of the pack whose data the workspace does not have. */
  readonly leftOut: readonly string[]
}

/** What the packs of the five strategies are, and whether the workspace has them. */
export async function listPacks(dir: string): Promise<readonly (PackAbout & { readonly added: boolean })[]> {
  return await Promise.all(
    strategyNames.map(async (name) => ({
      ...(await aboutOf(name)),
      added: existsSync(join(dir, 'segments', `${name}.yaml`)),
    })),
  )
}

/**
 * Adds a strategy to a workspace: those of its segments whose data is mapped, with the features and metrics that they rest on and
 * the workspace lacks. What is there already stays.
 * @throws TrancheError invalid_input where it was added before; refused where nothing of it can be computed
 */
export async function addPack(catalogue: Catalogue, name: StrategyName): Promise<AddedPack> {
  const { dir } = catalogue
  const about = await aboutOf(name)
  if (existsSync(join(dir, 'segments', `${name}.yaml`))) throw addedBefore(name)
  const asked = name === 'psychographic' ? await surveyPack(catalogue) : { definitions: [], segments: [] }
  const own = [...(await readPack(packFolder(name))), ...asked.definitions]
  const segments = [...(await readSegments(name)), ...asked.segments]
  const columns = mappedColumns(catalogue.sources.map(({ value }) => value as Source))
  const supported = supportedDefinitions([...own, ...(await readPack(packFolder('starter')))], columns)
  const known = new Set([
    ...catalogue.features.map(({ key }) => key),
    ...supported.filter(({ kind }) => kind === 'feature').map(({ key }) => key),
    ...ruleScopeNames,
  ])
  const kept = keptSegments(segments, known, catalogue)
  const isOwn = new Set(own.map(({ key }) => key))
  const wanted = closureOf(
    supported,
    new Set([
      ...kept.flatMap(({ needs }) => needs),
      ...supported.filter(({ key }) => isOwn.has(key)).map(({ key }) => key),
    ]),
  ).filter(
    ({ kind, key }) =>
      !(kind === 'feature' ? catalogue.features : catalogue.metrics).some((one) => one.key === key),
  )
  if (kept.length === 0) {
    const read = own.flatMap(({ kind, value }) => (kind === 'feature' ? ((value as Feature).from ?? []) : []))
    throw nothingToAdd(about, name === 'psychographic' ? ['survey_answers'] : [...new Set(read)].sort())
  }
  const files = [
    ...definitionFiles(wanted.map((definition) => ({ ...definition, file: freeFile(dir, name) }))),
    { path: `segments/${name}.yaml`, yaml: yamlOf(kept.map(({ node }) => node)) },
  ]
  await writeSound(dir, files)
  const keys = (kind: PackDefinition['kind']) =>
    wanted.filter((one) => one.kind === kind).map(({ key }) => key)
  const there = new Set([...supported.map(({ key }) => key), ...kept.map(({ key }) => key)])
  return {
    about,
    files: files.map(({ path }) => path),
    features: keys('feature'),
    metrics: keys('metric'),
    segments: kept.map(({ key }) => key),
    leftOut: [...own, ...segments].map(({ key }) => key).filter((key) => !there.has(key)),
  }
}

/** A name of which there is no file of features or metrics yet: the starter catalogue has some that are called like a strategy. */
function freeFile(dir: string, name: StrategyName): string {
  const isFree = (file: string) => ['features', 'metrics'].every((kind) => !existsSync(join(dir, kind, file)))
  let file = `${name}.yaml`
  for (let count = 1; !isFree(file); count++) file = `${name}-pack${count === 1 ? '' : `-${count}`}.yaml`
  return file
}

async function aboutOf(name: StrategyName): Promise<PackAbout> {
  const { label, description, cautions } = parse(
    await readFile(join(packFolder(name), 'pack.yaml'), 'utf8'),
  ) as Record<string, unknown>
  return {
    key: name,
    label: textSchema.parse(label),
    description: textSchema.parse(description),
    cautions: textSchema.array().min(1).parse(cautions),
  }
}

async function readSegments(name: StrategyName): Promise<readonly PackSegment[]> {
  const document = parseDocument(await readFile(join(packFolder(name), 'segments', `${name}.yaml`), 'utf8'))
  if (!isSeq(document.contents)) return []
  return document.contents.items.flatMap((node) =>
    isMap(node) ? [packSegment(node as YAMLMap, node.toJS(document))] : [],
  )
}

/** A segment of a pack, or a set, as its file says it. */
export function packSegment(node: YAMLMap, value: Readonly<Record<string, unknown>>): PackSegment {
  const bare = (needs: readonly string[]) => needs.map((need) => need.slice(need.indexOf(':') + 1))
  if ('rule' in value) {
    const segment: Segment = segmentSchema.parse(value)
    return {
      key: segment.key,
      node,
      needs: bare(segmentNeeds(segmentExpressions(segment))),
      makes: [segment.key],
    }
  }
  const set: SegmentSet = segmentSetSchema.parse(value)
  const makes = [set.key, ...cellsOf(set).map(({ key }) => key)]
  return { key: set.key, node, needs: [...new Set(bare(segmentSetNeeds(set)))], makes }
}

/** Those whose needs are all there, other segments of the pack included; of a key that is taken none. */
function keptSegments(
  segments: readonly PackSegment[],
  known: ReadonlySet<string>,
  { segments: rules, segmentSets }: Catalogue,
): readonly PackSegment[] {
  const taken = new Set([...rules, ...segmentSets].map(({ key }) => key))
  let kept = segments.filter(({ key }) => !taken.has(key))
  for (let before = -1; before !== kept.length; ) {
    before = kept.length
    const made = new Set(kept.flatMap(({ makes }) => makes))
    kept = kept.filter(({ needs }) => needs.every((need) => known.has(need) || made.has(need)))
  }
  return kept
}

function closureOf(all: readonly PackDefinition[], first: ReadonlySet<string>): readonly PackDefinition[] {
  const wanted = new Set<string>()
  const add = (key: string): void => {
    for (const definition of all.filter((one) => one.key === key)) {
      const id = `${definition.kind}:${key}`
      if (wanted.has(id)) continue
      wanted.add(id)
      for (const need of definitionNeeds(definition)) add(need.slice(need.indexOf(':') + 1))
    }
  }
  for (const key of first) add(key)
  return all.filter(({ kind, key }) => wanted.has(`${kind}:${key}`))
}

export function yamlOf(nodes: readonly YAMLMap[]): string {
  const list = new YAMLSeq()
  for (const node of nodes) list.add(node)
  const document = new Document()
  document.contents = list as never
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** All of it, or nothing: definitions that are not sound where they stand are taken out again. */
async function writeSound(
  dir: string,
  files: readonly { readonly path: string; readonly yaml: string }[],
): Promise<void> {
  const written: string[] = []
  try {
    for (const { path, yaml } of files) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), yaml, { flag: 'wx' })
      written.push(path)
    }
    const { catalogue, problems } = await checkWorkspace(dir)
    const faults = [...problems, ...(catalogue === null ? [] : checkSegments(catalogue))].filter(
      ({ severity }) => severity === 'error',
    )
    if (catalogue === null || faults.length > 0) throw toError(faults)
  } catch (error) {
    for (const path of written) await rm(join(dir, path), { force: true })
    throw error
  }
}

function addedBefore(name: string): TrancheError {
  return new TrancheError('invalid_input', {
    en: `segments/${name}.yaml is there already; change it as you like, or take it out to add the pack again.`,
    zh: `segments/${name}.yaml 已存在；可直接修改，或删除后重新添加。`,
  })
}

function nothingToAdd({ label }: PackAbout, tables: readonly string[]): TrancheError {
  return new TrancheError(
    'refused',
    {
      en: `No source maps what the pack ${label.en} rests on, so nothing was added.`,
      zh: `没有来源提供“${label.zh}”所需的数据，未添加任何内容。`,
    },
    {
      hint: {
        en: `It reads columns of ${tables.join(', ')}: map them in sources/. Attributes of the source's own go into rules and sets directly.`,
        zh: `它读取 ${tables.join('、')} 的列：请在 sources/ 中映射；来源自有的属性可直接用于规则和客群组。`,
      },
    },
  )
}
