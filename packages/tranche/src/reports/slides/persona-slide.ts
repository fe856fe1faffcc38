import type { Language } from '@tranche/contract'
import { pageWords } from '../page-words.ts'
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
  const half = Math.ceil(card.parts.length / 2)
  const width = (body.width - 0.4) / 2
  for (const [column, parts] of [card.parts.slice(0, half), card.parts.slice(half)].entries())
    slide.addText(
      parts.flatMap(({ title: name, lines }) => [
        { text: name, options: { bold: true, color: theme.accent, breakLine: true, paraSpaceBefore: 8 } },
        ...lines.map((line) => ({ text: line, options: { bullet: true, breakLine: true } })),
      ]),
      {
        ...inches(body.left + column * (width + 0.4), 1.75, width, 5),
        ...theme.text(13),
        valign: 'top',
        fit: 'shrink',
        margin: 0,
      },
    )
  slide.addNotes(`${pageWords.exportThem[lang]}${card.members}`)
}
