export interface SideBySide<Item, Lane, Result> {
  readonly items: readonly Item[]
  readonly lanes: number
  readonly open: (number: number) => Lane
  /** `earlier` waits for the result of an item before this one. */
  readonly work: (item: Item, lane: Lane, earlier: (index: number) => Promise<Result>) => Promise<Result>
  readonly close: (lane: Lane) => Promise<void>
}

/**
 * Works through items in their order, several at a time, and gives the results in that order. Where one fails no other
 * is started, and of several the error is that of the first in order: the same whatever the lanes.
 */
export async function sideBySide<Item, Lane, Result>({
  items,
  lanes,
  open,
  work,
  close,
}: SideBySide<Item, Lane, Result>): Promise<readonly Result[]> {
  const started: Promise<Result>[] = []
  let failed = false
  const goOn = async (number: number): Promise<void> => {
    const lane = open(number)
    try {
      while (!failed && started.length < items.length) {
        const result = work(items[started.length]!, lane, (index) => started[index]!)
        started.push(result)
        await result.catch(() => {
          failed = true
        })
      }
    } finally {
      await close(lane)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, (_, number) => goOn(number)))
  const settled = await Promise.allSettled(started)
  const fault = settled.find((outcome) => outcome.status === 'rejected')
  if (fault !== undefined) throw fault.reason
  return await Promise.all(started)
}
