import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Input, LedgerEntry, Manifest } from '@tranche/contract'
import { createFolder, type Folder, type RunFolder, runFolderOf } from '../engine/folder.ts'
import { readPointer } from '../engine/published.ts'
import { TrancheError } from '../errors.ts'
import type { AsRead } from '../intake/as-read.ts'
import { type IntakeState, intakePaths } from '../intake/intake-state.ts'
import { ledgerEntries } from '../store/recommendation-ledger.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireOnThisMachine } from './cluster-refusal.ts'
import { dropClusterRuns, replayName } from './cluster-run.ts'
import { type ComparedTable, compareRuns } from './compare-runs.ts'
import { computeRun } from './compute-run.ts'
import { type IntakePhase, intakePhase, readIntakeState } from './intake-phase.ts'
import { takeLock } from './lock.ts'
import { engineSettings } from './machine.ts'
import { readManifest } from './manifest.ts'
import { type Running, type RunOptions, runningOf } from './run.ts'
import { definitionsOf, isRunOf, ledgerHash } from './run-identity.ts'
import { withRunState } from './state.ts'
import { requireSound } from './validate.ts'

export interface Replay {
  readonly run: string
  /** Version of the program that computed the run, and of this one. */
  readonly version: { readonly published: string; readonly again: string }
  readonly tables: readonly ComparedTable[]
  /** Pages of the report, by name, and whether they are the same byte by byte. */
  readonly files: readonly { readonly file: string; readonly equal: boolean }[]
  readonly equal: boolean
}

export type ReplayOptions = Pick<RunOptions, 'signal' | 'progress' | 'env'>

interface Kept {
  readonly run: RunFolder
  readonly manifest: Manifest
  readonly state: IntakeState
}

/**
 * Computes a kept run again, from the inputs that its record names (files by their content, tables of a cluster as of their
 * snapshots), at its as-of and with its seed, and compares every table and page with what it published. Nothing is
 * published and nothing of the run is changed; what was computed is gone afterwards.
 * @param name the published run unless said
 * @throws TrancheError not_found; refused where an input, a definition or the run before is no longer what it was;
 *   unsupported for a run whose tables stayed on a cluster
 */
export async function replayRun(
  catalogue: Catalogue,
  name: string | undefined,
  options: ReplayOptions = {},
): Promise<Replay> {
  requireSound(catalogue)
  const folder = await createFolder(catalogue.dir)
  const lock = await takeLock(folder.lock, () => new Date())
  try {
    const kept = await keptRun(folder, name)
    requireOnThisMachine(kept.manifest)
    requireDefinitions(catalogue, kept.manifest)
    const clock = () => new Date(kept.manifest.startedAt)
    return await withRunState(catalogue, { ...options, clock }, async (state) => {
      const ledger = state === null ? [] : await ledgerEntries(state, kept.manifest.startedAt)
      requireLedger(kept.manifest, ledger)
      // Decisions are those that the run copied, not those of today.
      const { seed } = kept.manifest
      return await replay(runningOf(catalogue, folder, { ...options, clock, seed }, null), kept, ledger)
    })
  } finally {
    await lock.release()
  }
}

async function replay(running: Running, kept: Kept, ledger: readonly LedgerEntry[]): Promise<Replay> {
  const { catalogue, folder, env } = running
  const { manifest } = kept
  const place = placeOf(folder, kept.run.run)
  const clusterName = replayName(kept.run.run)
  await mkdir(dirname(place.path), { recursive: true, mode: 0o750 })
  try {
    const taken = await intakePhase(running, {
      env,
      ...(manifest.asOfGiven ? { asOf: manifest.asOf } : {}),
      previous: await stateBefore(folder, manifest),
      asRead: asReadBy(kept),
    })
    requireInputs(manifest, taken)
    const phase = { ...taken, ledger, intake: { ...taken.intake, state: withConsents(folder, taken, kept) } }
    const previous = manifest.previous ?? null
    const again = await computeRun(running, {
      ...{ run: place, clusterName, phase, previous },
      startedAt: running.clock(),
    })
    const tables = await compareRuns(kept.run, place, {
      ...{ spillTo: folder.spill, ...engineSettings(catalogue.workspace) },
      tolerance: catalogue.workspace.warehouse.engine === 'trino' ? toleranceThere : 0,
    })
    const files = await compareFiles(kept.run.path, place.path)
    const equal = tables.every((table) => table.equal) && files.every((file) => file.equal)
    return {
      run: kept.run.run,
      version: { published: manifest.version, again: again.version },
      tables,
      files,
      equal,
    }
  } finally {
    await rm(dirname(place.path), { recursive: true, force: true })
    await dropClusterRuns(catalogue, [clusterName], env)
  }
}

/** A cluster adds doubles in whatever order its parts come. */
const toleranceThere = 1e-9

/** Beside the runs, so that readers of runs and what expires them don't see it. */
function placeOf(folder: Folder, run: string): RunFolder {
  return { ...runFolderOf({ ...folder, runs: join(folder.root, 'replay') }, run), run }
}

async function keptRun(folder: Folder, name: string | undefined): Promise<Kept> {
  const run = name === undefined ? await readPointer(folder) : runFolderOf(folder, name)
  const kept =
    run !== null && (name === undefined || (await readdir(folder.runs)).includes(name)) ? run : null
  const manifest = kept === null ? null : await readManifest(kept)
  const state = kept === null ? null : await readIntakeState(kept)
  if (kept !== null && manifest?.status === 'published' && state !== null)
    return { run: kept, manifest, state }
  const known = (await readdir(folder.runs)).filter((one) => one !== 'pending').sort()
  throw new TrancheError(
    'not_found',
    {
      en: name === undefined ? 'Nothing is published yet.' : `No published run ${name} is kept.`,
      zh: name === undefined ? '尚无已发布的结果。' : `没有保留已发布的运行 ${name}。`,
    },
    {
      hint: {
        en:
          known.length === 0
            ? 'Run `tranche run` first.'
            : `Kept: ${known.join(', ')}; runs.keep in tranche.yaml says how many.`,
        zh:
          known.length === 0
            ? '请先执行 `tranche run`。'
            : `现有：${known.join('、')}；保留数量由 tranche.yaml 的 runs.keep 决定。`,
      },
    },
  )
}

/** The same definitions, settings and words as then, which version control has. */
function requireDefinitions(catalogue: Catalogue, manifest: Manifest): void {
  if (isRunOf(catalogue, manifest)) return
  const today = new Map(
    definitionsOf(catalogue).map(({ kind, key, logicHash }) => [`${kind}:${key}`, logicHash]),
  )
  const differing = [...new Set([...today.keys(), ...Object.keys(manifest.definitions)])]
    .filter((name) => today.get(name) !== manifest.definitions[name])
    .sort()
  const named = differing.slice(0, 10).join(', ')
  throw new TrancheError(
    'refused',
    differing.length > 0
      ? {
          en: `Run ${manifest.run} was computed by other definitions than today's: ${named}${differing.length > 10 ? ' …' : ''}.`,
          zh: `运行 ${manifest.run} 所用的定义与现在不同：${named}${differing.length > 10 ? ' …' : ''}。`,
        }
      : {
          en: `Run ${manifest.run} was computed by other settings or words than today's: tranche.yaml, labels or policies have changed since.`,
          zh: `运行 ${manifest.run} 所用的设置或文字与现在不同：tranche.yaml、名称或策略此后有变更。`,
        },
    {
      hint: {
        en: 'Check out the workspace as it was then, from version control, and replay again.',
        zh: '请从版本控制中取出当时的工作区，再重新计算。',
      },
    },
  )
}

function requireLedger(manifest: Manifest, ledger: readonly LedgerEntry[]): void {
  const hash = ledger.length === 0 ? undefined : ledgerHash(ledger)
  if (hash === manifest.ledger?.hash) return
  throw changed(manifest, {
    en: "the state's record of what became of recommendations",
    zh: '状态库中建议的处理记录',
  })
}

/** Files and snapshots that the run's record names; files that have come since are no input of it. */
function asReadBy({ manifest, state }: Kept): AsRead {
  const files = new Set(manifest.inputs.map(nameOf))
  // Tables in place are looked at after files are read.
  const there = new Set(state.files.filter((file) => file.there !== undefined).map(({ source }) => source))
  const ownFiles = manifest.inputs.filter(({ source }) => !there.has(source))
  return {
    requireSame: (found) => requireSame(manifest, ownFiles, found),
    isWanted: (source, file) => files.has(nameOf({ source, file })),
    pins: new Map(state.files.flatMap(({ source, there }) => (there === undefined ? [] : [[source, there]]))),
  }
}

const nameOf = ({ source, file }: Pick<Input, 'source' | 'file'>) => `${source} ${file}`

/** What the run before had taken in, whose files are hashed again whatever their times say. */
async function stateBefore(folder: Folder, { run, previous }: Manifest): Promise<IntakeState | null> {
  if (previous === undefined) return null
  const before = runFolderOf(folder, previous.run)
  const state = existsSync(before.database) ? await readIntakeState(before) : null
  if (state !== null) return { ...state, files: state.files.map((file) => ({ ...file, inode: -1 })) }
  throw new TrancheError('refused', {
    en: `Run ${run} is compared with run ${previous.run}, which is no longer kept.`,
    zh: `运行 ${run} 与运行 ${previous.run} 比较，而后者已不再保留。`,
  })
}

function requireInputs(manifest: Manifest, { intake, asOf }: IntakePhase): void {
  requireSame(manifest, manifest.inputs, intake.inputs)
  if (asOf.instant !== manifest.asOf)
    throw changed(manifest, { en: `the as-of ${asOf.instant}`, zh: `截至时刻 ${asOf.instant}` })
}

type Content = Pick<Input, 'source' | 'file' | 'sha256'>

function requireSame(manifest: Manifest, then: readonly Content[], today: readonly Content[]): void {
  const contents = (inputs: readonly Content[]) =>
    new Map(inputs.map((input) => [nameOf(input), input.sha256]))
  const [before, now] = [contents(then), contents(today)]
  const differing = [...new Set([...before.keys(), ...now.keys()])].find(
    (name) => before.get(name) !== now.get(name),
  )
  if (differing !== undefined) throw changed(manifest, { en: differing, zh: differing })
}

function changed({ run }: Manifest, what: { readonly en: string; readonly zh: string }): TrancheError {
  return new TrancheError(
    'refused',
    {
      en: `Run ${run} can't be computed again: ${what.en} is no longer what it was.`,
      zh: `无法重新计算运行 ${run}：${what.zh} 已不是当时的内容。`,
    },
    {
      hint: {
        en: 'Restore it, from a backup or a snapshot, and replay again; what was published is untouched.',
        zh: '请从备份或快照恢复后再重新计算；已发布的结果保持不变。',
      },
    },
  )
}

/** What was taken in, with the decisions that the run copied from the state. */
function withConsents(folder: Folder, { intake }: IntakePhase, { manifest, state }: Kept): IntakeState {
  const { consents } = state
  if (consents === undefined) return intake.state
  if (!existsSync(join(folder.root, intakePaths.standard('consents', consents.hash))))
    throw changed(manifest, { en: 'the copy of consents', zh: '同意记录的副本' })
  return { ...intake.state, consents }
}

/** Pages and texts of both reports. */
async function compareFiles(published: string, again: string): Promise<Replay['files']> {
  const names = (await readdir(published)).filter((name) => /^report\..*\.(html|md)$/.test(name)).sort()
  const read = (dir: string, name: string) => readFile(join(dir, name)).catch(() => null)
  return await Promise.all(
    names.map(async (file) => {
      const [one, other] = await Promise.all([read(published, file), read(again, file)])
      return { file, equal: one !== null && other !== null && one.equals(other) }
    }),
  )
}
