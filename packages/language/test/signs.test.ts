import { expect, it } from 'vitest'
import { parseExpression } from '../src/index.ts'

it.each(['!', '-'])('%s in a row counts as depth, though pairs cancel', (sign) => {
  const codes = (text: string) => {
    const outcome = parseExpression(text)
    return outcome.ok ? [] : outcome.problems.map(({ code }) => code)
  }
  expect(codes(`${sign.repeat(33)}a`)).toEqual(['too_deep'])
  expect(codes(`${`${sign} `.repeat(400)}a`)).toEqual(['too_deep'])
  expect(codes(`${sign.repeat(8)}a`)).toEqual([])
})
