import { publishedTables, type Unit } from '@tranche/contract'
import { formatCount, formatNumber, formatPercent } from '@tranche/language'
import { personaCaution, personaTitles } from '@tranche/language/report'
import { formatValue, type ReportWords } from '../format-value.ts'
import { type Persona, type PersonaMean, personaAttributes, personaMeasures, type Trait } from './persona.ts'

/** A card in words: what each part says of the group. */
export interface PersonaCard {
  readonly key: string
  readonly name: string
  readonly size: string
  readonly parts: readonly { readonly title: string; readonly lines: readonly string[] }[]
  readonly members: string
}

const mostTraits = { who: 6, does: 4, needs: 3, reach: 4 } as const

export function personaCard(persona: Persona, words: ReportWords): PersonaCard {
  const { lang } = words.labels
  const { customers, population } = persona
  const count = formatCount(customers, lang)
  const share = formatPercent(customers / population, { lang })
  const traits = (part: keyof typeof mostTraits) =>
    strongest(persona.traits, personaAttributes[part], mostTraits[part]).map((trait) =>
      traitLine(trait, words),
    )
  const means = (part: keyof typeof personaMeasures) =>
    persona.means
      .filter(({ column }) => (personaMeasures[part] as readonly string[]).includes(column))
      .map((mean) => ({ text: meanLine(mean, words), differs: isTold(mean, words) }))
  const none =
    lang === 'zh' ? '已知特征与全体客户无明显差异。' : 'By what is known of them, nothing sets them apart.'
  const who = traits('who')
  const lines = {
    who: who.length > 0 ? who : [none],
    does: [
      ...means('does')
        .filter(({ differs }) => differs)
        .map(({ text }) => text),
      ...traits('does'),
    ],
    worth: means('worth').map(({ text }) => text),
    needs: [...means('needs').map(({ text }) => text), ...traits('needs')],
    reach: traits('reach'),
    beware: [
      ...means('beware').map(({ text }) => text),
      ...unknownLines(persona, words),
      personaCaution[lang],
    ],
  }
  return {
    key: persona.key,
    name: persona.name[lang],
    size:
      lang === 'zh'
        ? `${count}位客户，占${formatCount(population, lang)}位的${share}`
        : `${count} ${customers === 1 ? 'customer' : 'customers'}, ${share} of ${formatCount(population, lang)}`,
    parts: (Object.keys(personaTitles) as (keyof typeof personaTitles)[]).flatMap((part) =>
      lines[part].length === 0 ? [] : [{ title: personaTitles[part][lang], lines: lines[part] }],
    ),
    members: persona.members,
  }
}

/** Most unusual first; what is more frequent before what is less. */
function strongest(traits: readonly Trait[], attributes: readonly string[], most: number): readonly Trait[] {
  const own = traits.filter(({ attribute }) => attributes.includes(attribute))
  const strength = ({ share, overall }: Trait) =>
    Math.abs(Math.log(share / overall)) * Math.max(share, overall)
  const over = own.filter(({ share, overall }) => share > overall)
  const under = own.filter(({ share, overall }) => share < overall)
  const sorted = [over, under].flatMap((list) =>
    [...list].sort((a, b) => strength(b) - strength(a) || (a.level < b.level ? -1 : 1)),
  )
  return sorted.slice(0, most)
}

/** Attributes whose levels say by themselves what they are. */
const plain: readonly string[] = ['gender', 'age_years']

function traitLine({ attribute, level, share, overall }: Trait, { labels }: ReportWords): string {
  const { lang } = labels
  const name = labels.level(attribute, level)
  const index = Math.round((100 * share) / overall)
  const own = formatPercent(share, { lang })
  const all = formatPercent(overall, { lang })
  if (lang === 'zh') {
    const what = plain.includes(attribute) ? `${name}：` : `${labels.attribute(attribute)}“${name}”：`
    return `${what}占${own}，全体为${all}（指数${index}）。`
  }
  const what = plain.includes(attribute) ? name : `${labels.attribute(attribute)} ${name}`
  return `${capital(what)}: ${own} of them, ${all} of all (index ${index}).`
}

/** What reads the same as for everybody says nothing of a group. */
function isTold(told: PersonaMean, words: ReportWords): boolean {
  return meanLine({ ...told, overall: told.mean }, words) !== meanLine(told, words)
}

function meanLine({ column, mean, overall, ofTotal }: PersonaMean, words: ReportWords): string {
  const { labels } = words
  const { lang } = labels
  const { label, unit } = measureOf(column, words)
  const write = (value: number) =>
    unit === 'share' || unit === 'rate'
      ? formatPercent(value, { lang })
      : unit === 'money'
        ? formatValue(value, 'money', 'money', words)
        : formatNumber(value, { lang, digits: 1 })
  const total = ofTotal === null ? '' : formatPercent(ofTotal, { lang })
  if (lang === 'zh') {
    const each = unit === 'money' || unit === 'share' ? '' : '平均'
    return `${label}：${each}${write(mean)}，全体${write(overall)}${total === '' ? '' : `；占总额的${total}`}。`
  }
  return `${capital(label)}: ${write(mean)}, all customers ${write(overall)}${total === '' ? '' : `; ${total} of the total`}.`
}

function measureOf(column: string, { labels }: ReportWords): { readonly label: string; readonly unit: Unit } {
  const { lang } = labels
  if (column === 'default_12m' || column === 'default_ever')
    return { label: labels.measure(column), unit: 'share' }
  const known = publishedTables
    .find(({ name }) => name === 'customer_value')
    ?.columns.find(({ name }) => name === column)
  if (column === 'r' || column === 'f' || column === 'room_to_grow')
    return { label: known?.label[lang] ?? labels.measure(column), unit: known?.unit ?? 'number' }
  return { label: labels.measure(column), unit: 'money' }
}

function unknownLines({ unknown }: Persona, { labels }: ReportWords): readonly string[] {
  const { lang } = labels
  return unknown.map(({ attribute, share }) => {
    const text = formatPercent(share, { lang })
    const name = labels.attribute(attribute)
    return lang === 'zh' ? `${text}的客户${name}未知。` : `${capital(name)} is not known for ${text} of them.`
  })
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
