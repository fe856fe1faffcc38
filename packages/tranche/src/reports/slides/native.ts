import { createRequire } from 'node:module'
import type pptx from 'pptxgenjs'

// The library's types are those of a CommonJS module: what is meant stands under their default.
export type Deck = pptx.default
export type Slide = pptx.default.Slide
export type ChartOptions = pptx.default.IChartOpts
export type ChartName = pptx.default.CHART_NAME
export type TableCell = pptx.default.TableCell

/** An empty deck. The library counts charts over all decks of a process; loaded anew, each deck begins at one. */
export function newDeck(): Deck {
  const require = createRequire(import.meta.url)
  delete require.cache[require.resolve('pptxgenjs')]
  const loaded: new () => Deck = require('pptxgenjs')
  return new loaded()
}
