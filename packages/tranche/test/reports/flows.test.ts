import { reportPolicySchema } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import { drawFlows, type FlowChart } from '../../src/reports/charts/flows.ts'
import { type DrawnFlows, flowsPage, flowsSvg } from '../../src/reports/flows-page.ts'

const chart: FlowChart = {
  cells: ['High', 'Middle', 'Low'],
  flows: [
    { from: 0, to: 0, customers: 300 },
    { from: 0, to: 2, customers: 100 },
    { from: 1, to: 0, customers: 50 },
    { from: 1, to: 1, customers: 450 },
    { from: null, to: 1, customers: 100 },
    { from: 2, to: 2, customers: 0 },
  ],
  isRanked: true,
  headings: ['May', 'June'],
  lang: 'en',
}
const drawn: DrawnFlows = {
  label: { en: 'worth', zh: '价值' },
  cells: [
    { segment: 'worth_more', label: { en: 'more <b>', zh: '较高' } },
    { segment: 'worth_less', label: { en: 'less', zh: '较低' } },
  ],
  isRanked: true,
  flows: [
    { from: 'worth_less', to: 'worth_more', customers: 1200 },
    { from: 'worth_more', to: 'worth_less', customers: 300 },
    { from: 'worth_more', to: 'worth_more', customers: 1500 },
    { from: null, to: 'worth_less', customers: 40 },
  ],
  run: '2026-06-30-abc',
  days: ['1 May 2026', '1 June 2026'],
}
const { look } = reportPolicySchema.parse({})

/** Sides of the boxes that stand for cells: where they begin, and how tall they are. */
function boxes(svg: string): readonly { readonly x: number; readonly height: number }[] {
  return [
    ...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)l10 0l0 ([\d.]+)l-10 0Z" transform="translate\(([\d.]+) /g),
  ].map(([, x, , height, left]) => ({
    x: Number(x) + Number(left),
    height: Number(height),
  }))
}

describe('Flows as ribbons', () => {
  it('have boxes as tall as the cells hold customers, on either side as many as go in and out', () => {
    const found = boxes(drawFlows(chart, 760))
    const left = found.filter(({ x }) => x < 380).map(({ height }) => height)
    const right = found.filter(({ x }) => x > 380).map(({ height }) => height)
    expect([left.length, right.length]).toEqual([3, 3])
    const shares = (heights: readonly number[]) =>
      heights.map((height) => Math.round((1000 * height) / heights.reduce((sum, one) => sum + one, 0)))
    expect(shares(left)).toEqual([400, 500, 100])
    expect(shares(right)).toEqual([350, 550, 100])
  })

  it('tell by colour and sign who rose and who fell where cells have an order, and only that they moved where not', () => {
    const ranked = drawFlows(chart, 760)
    expect(ranked).toContain('↑ went up')
    expect(ranked).toContain('↓ went down')
    const plain = drawFlows({ ...chart, isRanked: false }, 760)
    expect(plain).toContain('>changed<')
    expect(plain).not.toContain('went')
    expect(drawFlows({ ...chart, flows: [] }, 760)).toBe('')
  })

  it('keep long names inside the picture, and markup of a name is none', () => {
    const long = '购买天数低、累计购买金额低、最近一次购买距今天数高'
    const svg = drawFlows({ ...chart, cells: ['{count|9}', long, 'a|b'], lang: 'zh' }, 350)
    expect(svg).not.toContain('{')
    expect(svg).toContain('>购买天数低、累<')
    expect(svg).toContain('…<')
  })
})

describe('The page of flows', () => {
  it.each([
    [
      'en',
      '1,500 of 3,000 customers (50.0%) moved: 1,200 up, 300 down',
      '; besides, 40 came in<',
      'More &lt;b&gt;',
    ],
    ['zh', '3,000位客户中有1,500位（50.0%）变动：上升1,200位，下降300位', '；另有40位进入<', '较高'],
  ] as const)('says in %s what it shows, with every number in its table', (lang, title, besides, name) => {
    const page = flowsPage(drawn, { lang, look })
    expect(page).toContain(title)
    expect(page).toContain(besides)
    const rows = [
      ...page.matchAll(
        /<tr><th scope="row">(.*?)<\/th><td class="words">.*?<\/td><td>(.*?)<\/td><td>(.*?)<\/td>/g,
      ),
    ]
    expect(rows.map(([, from, n, share]) => [from === name, n, share])).toEqual([
      [true, '1,500', '83.3%'],
      [true, '300', '16.7%'],
      [false, '1,200', '100.0%'],
      [false, '40', '–'],
    ])
    expect(page).not.toContain('<b>')
    expect(page).not.toMatch(/(?:src|href)=/)
  })

  it('is a picture by itself, in colours of its own', () => {
    const svg = flowsSvg(drawn, { lang: 'en', look })
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(svg).not.toContain('var(')
  })
})
