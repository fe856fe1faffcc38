import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mayShow, suppressSmallCells } from '../../src/privacy/disclosure.ts'

const shown = (counts: readonly number[], minimum: number, totalKnown: boolean) =>
  suppressSmallCells(
    counts.map((n) => ({ n })),
    { minimum, totalKnown },
  ).map((cell) => (cell.shown ? cell.cell.n : cell.why))

it('hides cells of 1 to minimum − 1 people and shows empty ones', () => {
  expect(shown([0, 1, 9, 10, 50], 10, false)).toEqual([0, 'small', 'small', 10, 50])
})

it('hides a second cell where one alone could be had from the total', () => {
  expect(shown([4, 30, 20, 0], 10, true)).toEqual(['small', 30, 'complement', 0])
})

it('hides more where the hidden ones together are still too few', () => {
  expect(shown([4, 3, 30], 10, true)).toEqual(['small', 'small', 'complement'])
  expect(shown([4, 7, 30], 10, true)).toEqual(['small', 'small', 30])
})

it('never lets the hidden part of a known total be small, unless nothing is left to hide', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(60), { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      (counts, minimum) => {
        const cells = suppressSmallCells(
          counts.map((n) => ({ n })),
          { minimum, totalKnown: true },
        )
        const hidden = cells.filter((cell) => !cell.shown)
        const sum = hidden.reduce((total, { cell }) => total + cell.n, 0)
        const someoneLeft = cells.some((cell) => cell.shown && cell.cell.n > 0)
        expect(cells.every((cell) => !cell.shown || mayShow(cell.cell.n, minimum))).toBe(true)
        expect(hidden.length === 0 || !someoneLeft || (hidden.length > 1 && sum >= minimum)).toBe(true)
      },
    ),
  )
})
