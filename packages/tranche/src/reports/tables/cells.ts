import type { Unit } from '@tranche/contract'

/** How a spreadsheet shows numbers of a unit. */
export const numberFormats: Partial<Record<Unit, string>> = {
  money: '#,##0.00',
  count: '#,##0',
  days: '#,##0',
  months: '#,##0',
  years: '0.0',
  share: '0.0%',
  rate: '0.0%',
  score: '0',
}

/** Text that opens a formula stays text: every cell is written with its type. */
export type SheetCell = {
  value: string | number | boolean | Date
  type: StringConstructor | NumberConstructor | BooleanConstructor | DateConstructor
  format?: string
  fontWeight?: 'bold'
  backgroundColor?: string
  wrap?: boolean
  alignVertical?: 'top'
  /** Of the row, in points. */
  height?: number
} | null

export function headerCell(text: string): SheetCell {
  return { value: text, type: String, fontWeight: 'bold', backgroundColor: '#F6F7F9', wrap: true }
}

/** A name that spreadsheets take for a sheet. */
export function sheetTitle(text: string): string {
  return text.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31)
}
