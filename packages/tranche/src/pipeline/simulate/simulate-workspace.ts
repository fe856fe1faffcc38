import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Source } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'
import {
  mappedColumns,
  packFolder,
  readPack,
  supportedDefinitions,
} from '../../intake/propose/starter-catalogue.ts'
import { definitionFiles } from '../../intake/propose/write-definitions.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { type SimulateOptions, type SimulationSummary, simulate } from './simulate.ts'

/** A simulated institution that is ready to run: its files, their mapping, and the starter features and metrics. */
export async function simulateWorkspace(options: SimulateOptions): Promise<SimulationSummary> {
  const summary = await simulate(options)
  await addStarterCatalogue(options.dir)
  return summary
}

/** Writes the starter features and metrics that a workspace's sources support. */
async function addStarterCatalogue(dir: string): Promise<void> {
  const { sources } = await loadWorkspace(dir)
  const columns = mappedColumns(sources.map(({ value }) => value as Source))
  const files = definitionFiles(supportedDefinitions(await readPack(packFolder('starter')), columns))
  for (const { path, yaml } of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), yaml, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
      throw new TrancheError(
        'invalid_input',
        { en: `${join(dir, path)} is there already.`, zh: `${join(dir, path)} 已存在。` },
        { cause },
      )
    })
  }
}
