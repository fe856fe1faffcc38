import type { Language } from '@tranche/contract'
import { pageWords } from '@tranche/language/report'
import type { PersonaCard } from '../personas/persona-card.ts'
import type { Deck } from './native.ts'
import { body, inches, masterName, type SlideTheme, title } from './theme.ts'

/** A card on one slide: its parts in two columns, the command for the members in the notes. */
export function addPersona(deck: Deck, theme: SlideTheme, card: PersonaCard, lang: Language): void {
  const slide = deck.addSlide({ masterName })
  const colon = lang === 'zh' ? '：' : ': '
  title(slide, theme, `${pageWords.personas[lang]}${colon}${card.name}`)
  slide.addText(card.size, {
    ...inches(body.left, 1.35, body.width, 0.35),
    ...theme.text(14),
    color: theme.second,
    margin: 0,
  })
  const half = evenCut(card.parts)
  const width = (body.width - 0.4) / 2
  for (const [column, parts] of [card.parts.slice(0, half), card.parts.slice(half)].entries())
    slide.addText(
      parts.flatMap(({ title: name, lines }) => [
        { text: name, options: { bold: true, color: theme.accent, breakLine: true, paraSpaceBefore: 10 } },
        ...lines.map((line) => ({
          text: line,
          options: { bullet: { indent: 14 }, breakLine: true, paraSpaceBefore: 3 },
        })),
      ]),
      {
        ...inches(body.left + column * (width + 0.4), 1.75, width, 5),
        ...theme.text(15),
        valign: 'top',
        fit: 'shrink',
        margin: 0,
      },
    )
  slide.addNotes(`${pageWords.exportThem[lang]}${card.members}`)
}

/** How many parts the first column takes so that both are about as long. */
function evenCut(parts: PersonaCard['parts']): number {
  const lengths = parts.map(({ lines }) => lines.length + 1)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const unevenness = (cut: number) =>
    Math.abs(total - 2 * lengths.slice(0, cut).reduce((sum, length) => sum + length, 0))
  const cuts = parts.map((_, index) => index + 1)
  return cuts.reduce((best, cut) => (unevenness(cut) < unevenness(best) ? cut : best), 1)
}
