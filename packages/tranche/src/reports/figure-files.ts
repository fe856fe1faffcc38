import { isFigure, type ReportDocument } from './document/report-document.ts'
import { baseColours } from './html-style.ts'
import { figureFile } from './markdown.ts'

/** The report's figures as SVG files that stand by themselves: names and contents. */
export function figureFiles({ sections, options }: ReportDocument): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const colours = baseColours(options.policy.look)
  for (const { items } of sections)
    for (const item of items.filter(isFigure))
      item.picture.forEach((svg, part) => {
        files.set(figureFile(item.number, part, item.picture.length), standalone(svg, colours))
      })
  return files
}

/** An SVG with its namespace, its paper, its family of type, and colours instead of the page's names for them. */
export function standalone(svg: string, colours: ReadonlyMap<string, string>): string {
  const coloured = svg.replace(/var\(--([\w-]+)\)/g, (whole, name: string) => colours.get(name) ?? whole)
  return coloured.replace(
    /^<svg ([^>]*)>/,
    '<svg xmlns="http://www.w3.org/2000/svg" font-family="Inter, Helvetica, Arial, \'PingFang SC\', \'Noto Sans CJK SC\', \'Microsoft YaHei\', sans-serif" $1><rect width="100%" height="100%" fill="#FFFFFF"/>',
  )
}
