import { expect, it } from 'vitest'
import { sideBySide } from '../../src/intake/mapping/side-by-side.ts'

const items = ['a', 'b', 'c', 'd', 'e']

/** Lets another lane go first, as often as said. */
async function yielding(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) await Promise.resolve()
}

it.each([1, 2, 3, 9])(
  'gives results in the order of the items, whichever of %i lanes is done first',
  async (lanes) => {
    const closed: number[] = []
    const found = await sideBySide<string, number, string>({
      items,
      lanes,
      open: (number) => number,
      work: async (item) => {
        await yielding(item === 'a' ? 50 : 1)
        return item.toUpperCase()
      },
      close: async (lane) => void closed.push(lane),
    })
    expect(found).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(closed.sort()).toEqual(Array.from({ length: lanes }, (_, lane) => lane))
  },
)

it('tells of several faults the first in order, though a later one came first, and starts nothing more', async () => {
  const started: string[] = []
  const work = sideBySide<string, number, string>({
    items,
    lanes: 2,
    open: (number) => number,
    work: async (item) => {
      started.push(item)
      await yielding(item === 'a' ? 50 : 1)
      throw new Error(item)
    },
    close: async () => undefined,
  })
  await expect(work).rejects.toThrow(/^a$/)
  expect(started).toEqual(['a', 'b'])
})

it('lets an item wait for an earlier one', async () => {
  const found = await sideBySide<string, number, string>({
    items,
    lanes: 2,
    open: (number) => number,
    work: async (item, _lane, earlier) => {
      await yielding(item === 'a' ? 50 : 1)
      return item === 'b' ? `${await earlier(0)}${item}` : item
    },
    close: async () => undefined,
  })
  expect(found[1]).toBe('ab')
})
