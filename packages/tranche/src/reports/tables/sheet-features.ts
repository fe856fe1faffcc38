import type { Blob } from 'node:buffer'
import type Stream from 'node:stream'
import type { Feature } from 'write-excel-file/node'
import { insertElementMarkupAccordingToOrderOfSiblings } from 'write-excel-file/utility'

/** What the writer of spreadsheets doesn't know of, added to the markup of every sheet. */
export type SheetFeature = Feature<Stream | Buffer | Blob>

/** The order in which a worksheet's elements must stand. */
const order = [
  'sheetPr',
  'dimension',
  'sheetViews',
  'sheetFormatPr',
  'cols',
  'sheetData',
  'autoFilter',
  'mergeCells',
  'pageMargins',
  'pageSetup',
  'drawing',
]

export function onEverySheet(transform: (xml: string) => string): SheetFeature {
  return { files: { transform: { 'xl/worksheets/sheet{id}.xml': { transform } } } }
}

export function insertElement(xml: string, element: string): string {
  return insertElementMarkupAccordingToOrderOfSiblings(xml, element, order, 'worksheet')
}

/** Prints across, every sheet as wide as a page and as long as it is. */
export const fitToWidth: SheetFeature = onEverySheet((xml) =>
  insertElement(
    insertElement(xml, '<pageSetup orientation="landscape" paperSize="9" fitToWidth="1" fitToHeight="0"/>'),
    '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
  ),
)
