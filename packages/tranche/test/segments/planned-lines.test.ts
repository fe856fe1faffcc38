import { expect, it } from 'vitest'
import { plannedLines } from '../../src/pipeline/planned-segments.ts'

const planned = {
  segment: 'quiet',
  isNew: false,
  isGone: false,
  before: 1177,
  after: 1,
  enter: 0,
  leave: 1176,
  valueIn: '0.00',
  valueOut: null,
}

it('A plan says nothing of a worth that nobody knows', () => {
  const [changed, isNew] = plannedLines({
    changed: [planned, { ...planned, segment: 'fresh', isNew: true, enter: 1, valueIn: null }],
    open: [],
  })
  expect(changed).toEqual({
    en: 'segment quiet changed: 1,177 → 1 customer of those published; 0 would enter (worth 0.00), 1,176 would leave',
    zh: '客群 quiet 已变更：按已发布数据 1,177 → 1 位客户；进入 0 位（价值 0.00），离开 1,176 位',
  })
  expect(isNew!.en).toBe('segment fresh is new: 1 customer would be in it, of those published')
})
