import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { LedgerEntry, Manifest } from '@tranche/contract'
import type { RunFolder } from '../engine/folder.ts'
import type { IntakeResult } from '../intake/intake.ts'
import { version } from '../version.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { canonicalJson } from '../workspace/hash.ts'
import { isOnThisMachine } from './cluster-refusal.ts'
import type { IntakePhase } from './intake-phase.ts'
import { readManifest } from './manifest.ts'

/** The run that was in force before, which a report compares itself with. */
export type PreviousRun = NonNullable<Manifest['previous']>

export interface RunIdentity {
  /** Name of the run that inputs, definitions, as-of, decisions and the run before make. */
  readonly name: string
  readonly previous: PreviousRun | null
  /** Of the run that is in force, where it is this very one. */
  readonly published: Manifest | null
}

/**
 * Which run this would be. The run in force is the one before it, unless it already is this one: then it stays, compared
 * with whatever it was compared with.
 */
export async function identifyRun(
  { catalogue, seed }: { readonly catalogue: Catalogue; readonly seed: number },
  phase: IntakePhase,
  current: RunFolder | null,
): Promise<RunIdentity> {
  const nameAfter = (previous: PreviousRun | null) => runName(catalogue, phase, seed, previous)
  const manifest = current === null ? null : await readManifest(current)
  if (current === null || manifest === null) return { name: nameAfter(null), previous: null, published: null }
  const before = manifest.previous ?? null
  const same = nameAfter(before)
  if (isSameRun(current.run, same)) return { name: same, previous: before, published: manifest }
  const previous = comparable(current, manifest, phase.asOf.instant)
  return { name: nameAfter(previous), previous, published: null }
}

/** A run of a later day is no run before, nor is one whose tables are elsewhere. */
function comparable(current: RunFolder, manifest: Manifest, instant: string): PreviousRun | null {
  const { asOf, status } = manifest
  if (status !== 'published' || !isOnThisMachine(manifest) || asOf > instant || !existsSync(current.database))
    return null
  return { run: current.run, asOf }
}

function runName(
  catalogue: Catalogue,
  phase: IntakePhase,
  seed: number,
  previous: PreviousRun | null,
): string {
  const { intake, asOf, ledger } = phase
  return nameOf(catalogue, {
    ...{ version, seed, asOf: asOf.instant, snapshot: snapshotOf(intake), previous: previous?.run },
    ledger: ledger.length === 0 ? undefined : ledgerHash(ledger),
  })
}

/** Whether a run is the one that these definitions and words give of what its record says it read. */
export function isRunOf(catalogue: Catalogue, manifest: Manifest): boolean {
  const { seed, asOf, snapshot, previous, ledger } = manifest
  const then = {
    version: manifest.version,
    seed,
    asOf,
    snapshot,
    previous: previous?.run,
    ledger: ledger?.hash,
  }
  return isSameRun(manifest.run, nameOf(catalogue, then))
}

const againMark = '-again'

/** Whether a run is that of this name, computed once or again. */
function isSameRun(run: string, name: string): boolean {
  return run === name || run === `${name}${againMark}`
}

/** Where a published run is computed again: beside it, so that it stays whole until the new one takes its place. */
export function besides(published: string, name: string): string {
  return published === name ? `${name}${againMark}` : name
}

export const definitionsOf = ({
  sources,
  features,
  metrics,
  segments,
  segmentSets,
  recommendations,
}: Catalogue) => [...sources, ...features, ...metrics, ...segments, ...segmentSets, ...recommendations]

/** Hash of all inputs: which content came from which source, and from the state. */
export function snapshotOf({ inputs, state: { consents } }: IntakeResult): string {
  const content = inputs.map(({ source, sha256 }) => `${source} ${sha256}`).sort()
  if (consents !== undefined) content.push(`_state ${consents.hash}`)
  return createHash('sha256').update(content.join('\n')).digest('hex')
}

/** Hash of what had become of recommendations. */
export function ledgerHash(ledger: readonly LedgerEntry[]): string {
  return createHash('sha256').update(canonicalJson(ledger)).digest('hex')
}

/** What, beside definitions and words, decides a run. */
interface Given {
  readonly version: string
  readonly seed: number
  readonly asOf: string
  /** Hash of all inputs. */
  readonly snapshot: string
  /** Hash of what had become of recommendations. */
  readonly ledger: string | undefined
  readonly previous: string | undefined
}

/** The same inputs, definitions, words, instant, seed, decisions, run before and program give the same run. */
function nameOf(catalogue: Catalogue, given: Given): string {
  const { name, locale, segments, assumed } = catalogue.workspace
  const fingerprint = createHash('sha256')
    .update(
      canonicalJson({
        ...given,
        settings: catalogue.settingsHash,
        attributes: catalogue.attributePolicy?.rules ?? null,
        words: { name, locale, segments, ...(assumed.length === 0 ? {} : { assumed }) },
        definitions: definitionsOf(catalogue).map(({ kind, key, logicHash, textHash }) => [
          kind,
          key,
          logicHash,
          textHash,
        ]),
      }),
    )
    .digest('hex')
  return `${given.asOf.slice(0, 10)}-${fingerprint.slice(0, 12)}`
}
