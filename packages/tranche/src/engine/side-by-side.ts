/**
 * Does two kinds of work for each item, in order and one of each kind at a time: the second of an item while the first of the
 * next goes on, as where one machine writes what another takes. Nothing goes on when it returns or throws.
 */
export async function sideBySide<Item, Made, Done>(
  items: readonly Item[],
  first: (item: Item) => Promise<Made>,
  second: (made: Made, item: Item) => Promise<Done>,
): Promise<readonly Done[]> {
  const done: Done[] = []
  let behind: Promise<Done> | null = null
  for (const item of items) {
    const [made, last]: [PromiseSettledResult<Made>, PromiseSettledResult<Done | null>] =
      await Promise.allSettled([first(item), behind ?? Promise.resolve(null)])
    if (last.status === 'rejected') throw last.reason
    if (behind !== null) done.push(last.value as Done)
    if (made.status === 'rejected') throw made.reason
    behind = second(made.value, item)
  }
  if (behind !== null) done.push(await behind)
  return done
}
