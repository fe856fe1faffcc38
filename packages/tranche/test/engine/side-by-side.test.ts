import { expect, it } from 'vitest'
import { sideBySide } from '../../src/engine/side-by-side.ts'

it('does the second work of an item while the first of the next goes on, each in order and one at a time', async () => {
  const said: string[] = []
  const gates = new Map<string, () => void>()
  const wait = (name: string) =>
    new Promise<void>((resolve) => {
      said.push(`${name} begins`)
      gates.set(name, () => {
        said.push(`${name} ends`)
        resolve()
      })
    })
  const open = async (name: string) => {
    while (!gates.has(name)) await new Promise(setImmediate)
    gates.get(name)!()
  }
  const done = sideBySide(
    ['a', 'b'],
    async (item) => {
      await wait(`write ${item}`)
      return item.toUpperCase()
    },
    async (made, item) => {
      await wait(`take ${item}`)
      return `${item}${made}`
    },
  )
  for (const name of ['write a', 'write b', 'take a', 'take b']) await open(name)
  expect(await done).toEqual(['aA', 'bB'])
  expect(said).toEqual([
    ...['write a begins', 'write a ends', 'take a begins', 'write b begins'],
    ...['write b ends', 'take a ends', 'take b begins', 'take b ends'],
  ])
})

it('throws what either work throws, once nothing goes on any more', async () => {
  const ended: string[] = []
  const run = (failing: string) =>
    sideBySide(
      ['a', 'b', 'c'],
      async (item) => {
        if (failing === `write ${item}`) throw new Error(failing)
        return item
      },
      async (item) => {
        await new Promise(setImmediate)
        ended.push(item)
        if (failing === `take ${item}`) throw new Error(failing)
      },
    )
  await expect(run('write b')).rejects.toThrow('write b')
  expect(ended).toEqual(['a'])
  await expect(run('take a')).rejects.toThrow('take a')
  expect(ended).toEqual(['a', 'a'])
  await expect(run('take c')).rejects.toThrow('take c')
  expect(ended).toEqual(['a', 'a', 'a', 'b', 'c'])
})
