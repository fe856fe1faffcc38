import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import type { Workspace } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

export interface EngineSettings {
  readonly threads: number
  readonly memoryMb: number
}

/** What the engine may use: as the workspace says, else every core and half of the memory, 2.5 GB at the most. */
export function engineSettings(workspace: Workspace): EngineSettings {
  const { threads, memoryMb } = workspace.warehouse
  return {
    threads: threads ?? availableParallelism(),
    memoryMb: memoryMb ?? Math.max(512, Math.min(2560, Math.floor(totalmem() / 2 / 1_048_576))),
  }
}

/**
 * Refuses to start where the disk has less room than the run may need: twice its inputs, and 200 MB.
 * @throws TrancheError disk_full
 */
export async function requireSpace(folder: string, inputBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const needed = 2 * inputBytes + 200_000_000
  if (free >= needed) return
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1)
  throw new TrancheError(
    'disk_full',
    {
      en: `The disk has ${gigabytes(free)} GB free; this run may need ${gigabytes(needed)} GB.`,
      zh: `磁盘剩余 ${gigabytes(free)} GB，本次运行可能需要 ${gigabytes(needed)} GB。`,
    },
    { hint: { en: 'Free some space, or move the workspace.', zh: '请清理空间，或将工作区移至其他磁盘。' } },
  )
}

/** Largest memory this process has held so far, in MB. */
export function peakMemoryMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024)
}
