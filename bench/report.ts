import { availableParallelism, cpus, release, totalmem } from 'node:os'

/** What a section found; `passed` is false where a target was missed or results differ. */
export interface SectionResult {
  readonly passed: boolean
  readonly lines: readonly string[]
}

export function machineLine(): string {
  const [first] = cpus()
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0)
  return `${first?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} threads, ${gigabytes} GB, ${process.platform} ${release()}, Node ${process.versions.node}`
}

/** A figure against its target, as one line. */
export function judged(
  label: string,
  value: number,
  target: { readonly atMost: number } | { readonly atLeast: number },
  unit = '×',
): { readonly passed: boolean; readonly line: string } {
  const passed = 'atMost' in target ? value <= target.atMost : value >= target.atLeast
  const wanted = 'atMost' in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`
  return { passed, line: `${passed ? 'ok    ' : 'MISSED'} ${label}: ${value.toFixed(2)} ${unit} (${wanted})` }
}

export function best(seconds: readonly number[]): number {
  return Math.min(...seconds)
}

export const seconds = (value: number) => `${value.toFixed(2)} s`
