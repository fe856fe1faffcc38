import type { Slide, TableCell } from './native.ts'
import { body, inches, type SlideTheme } from './theme.ts'

/** A native table: first column to the left, figures to the right, hairlines between rows only. */
export function addRows(
  slide: Slide,
  theme: SlideTheme,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): void {
  const hairline = { type: 'solid' as const, pt: 0.75, color: theme.line }
  const none = { type: 'none' as const }
  const cell = (text: string, column: number, head: boolean): TableCell => ({
    text,
    options: {
      ...theme.text(rows.length > 10 ? 12 : 14),
      bold: head,
      color: head ? theme.second : theme.ink,
      align: column === 0 ? 'left' : 'right',
      border: [none, none, hairline, none],
    },
  })
  slide.addTable(
    [
      heads.map((text, column) => cell(text, column, true)),
      ...rows.map((row) => row.map((text, column) => cell(text, column, false))),
    ],
    { ...inches(body.left, body.top, body.width, 0.3), colW: [...widths], margin: [0.04, 0.06, 0.04, 0.02] },
  )
}
