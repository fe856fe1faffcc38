import * as stats from '@tranche/stats'
import { describe, expect, test } from 'vitest'
import { missingParts } from '../docs/reference/stats-completeness.ts'
import { exampleResults } from '../docs/reference/stats-examples.ts'
import { docParts, publicStatistics } from '../docs/reference/stats-functions.ts'
import { statsPages } from '../docs/reference/stats-pages.ts'

const all = publicStatistics()
const functions = all.filter(({ kind }) => kind === 'function')

describe('documents of the statistics', () => {
  test('what is read from the sources is what the package exports', () => {
    const values = all.filter(({ kind }) => kind !== 'type').map(({ name }) => name)
    expect(values.toSorted()).toEqual(Object.keys(stats).toSorted())
    expect(functions.length).toBeGreaterThan(500)
  })

  test('every public function states what, shapes, errors, cost and source, and shows an example', () => {
    const incomplete = functions
      .map((declaration) => ({ name: declaration.name, missing: missingParts(declaration, all) }))
      .filter(({ missing }) => missing.length > 0)
    expect(incomplete).toEqual([])
  })

  test('a function that says nothing is found out', () => {
    const whole = functions.find(({ name }) => name === 'fitBgNbd')!
    const bare = {
      ...whole,
      signature: 'function f(x: Float64Array): number',
      doc: docParts('* Adds.'),
    }
    expect(missingParts(bare, all)).toEqual(['what', 'shape', 'errors', 'cost', 'source', 'example'])
    const typo = { ...whole, doc: { ...whole.doc, throws: 'StatsError `outOfDomian`' } }
    expect(missingParts(typo, all)).toEqual(['known error codes (outOfDomian)'])
  })

  test('links between the pages lead to headings', () => {
    const pages = new Map(statsPages())
    const broken = [...pages].flatMap(([path, text]) =>
      [...text.matchAll(/\]\((\w+\.md)#(\w+)\)/g)]
        .filter(([, page, anchor]) => !hasHeading(pages.get(`stats/${page}`) ?? '', anchor!))
        .map(([link]) => `${path}: ${link}`),
    )
    expect(broken).toEqual([])
  })
})

describe('examples of the statistics give the values stated', () => {
  test.each(functions.map(({ name, doc }) => [name, doc.example] as const))('%s', (_, example) => {
    const results = exampleResults(example, stats)
    for (const { line, actual, stated } of results) expect(actual, line).toEqual(stated)
  })

  test('a wrong value is found out', () => {
    const [wrong] = exampleResults('normalCdf(0) // → 0.5000002', stats)
    expect(wrong!.actual).not.toEqual(wrong!.stated)
    const [none] = exampleResults('normalPdf(0) // throws outOfDomain', stats)
    expect(none!.actual).not.toEqual(none!.stated)
  })
})

function hasHeading(text: string, anchor: string): boolean {
  return [...text.matchAll(/^##+ (.*)$/gm)].some(([, heading]) => heading!.toLowerCase() === anchor)
}
