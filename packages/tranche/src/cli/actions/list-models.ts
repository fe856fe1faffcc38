import { loadArtefact } from '../../pipeline/steps.ts'
import { openCurrent } from '../open-current.ts'
import type { Invocation } from '../program.ts'

export async function act(invocation: Invocation): Promise<void> {
  const warehouse = await openCurrent(invocation)
  try {
    const keys = (await loadArtefact(warehouse, 'model:value')) === null ? [] : ['value']
    if (invocation.output.json) invocation.output.document(keys.map((key) => ({ key })))
    else for (const key of keys) invocation.output.say(key)
  } finally {
    warehouse.close()
  }
}
