import { parentPort, workerData } from 'node:worker_threads'
import { ParquetWriter } from './parquet-writer.ts'
import { runPart } from './shard.ts'
import type { Part, Recipe } from './shard-state.ts'

/** Fills the parts it is given, one after another, until it is told that there are no more. */
const { recipe, dataFolder } = workerData as { recipe: Recipe; dataFolder: string }
const port = parentPort!
const writer = await ParquetWriter.open()

port.on('message', async (part: Part | null) => {
  if (part === null) {
    writer.close()
    port.close()
    return
  }
  const result = await runPart(recipe, part, dataFolder, writer)
  port.postMessage(
    result,
    Object.values(result.texts).map((text) => text.buffer),
  )
})
