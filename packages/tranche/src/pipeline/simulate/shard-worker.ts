import { parentPort, workerData } from 'node:worker_threads'
import { runPart } from './shard.ts'
import { openWorkshop, type Part, type Recipe } from './shard-state.ts'

/** Fills the parts it is given, one after another, until it is told that there are no more. */
const { recipe, dataFolder } = workerData as { recipe: Recipe; dataFolder: string }
const workshop = openWorkshop(recipe)
const port = parentPort!

port.on('message', async (part: Part | null) => {
  if (part === null) {
    port.close()
    return
  }
  const result = await runPart(workshop, part, dataFolder)
  port.postMessage(
    result,
    Object.values(result.texts).map((text) => text.buffer),
  )
})
