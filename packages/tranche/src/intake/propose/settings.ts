import type { Language, Text } from '@tranche/contract'
import { quote } from '@tranche/language'
import type { Subject } from './draft.ts'
import { conceptScore, holdsWord } from './name-match.ts'
import type { ProposedSources } from './propose-sources.ts'
import type { WorkspaceDraft } from './write-yaml.ts'

const currencies: readonly {
  readonly code: string
  readonly words: readonly string[]
  readonly sign: RegExp
}[] = [
  { code: 'CNY', words: ['cny', 'rmb', '人民币'], sign: /[¥￥元]/ },
  { code: 'USD', words: ['usd', 'dollar', 'dollars'], sign: /\$/ },
  { code: 'EUR', words: ['eur', 'euro', 'euros'], sign: /€/ },
  { code: 'GBP', words: ['gbp', 'pounds', 'sterling'], sign: /£/ },
  { code: 'CZK', words: ['czk', 'koruna', 'crowns'], sign: /Kč/ },
]

/** Zone, currency and language of a workspace, as far as files tell them; what they don't is said to be assumed. */
export function guessSettings(
  name: string,
  subjects: readonly Subject[],
  proposed: ProposedSources,
  locale: Language,
): { draft: WorkspaceDraft; notes: readonly Text[] } {
  const currency = currencyOf(subjects)
  const chinese = proposed.chinese
  const notes: Text[] = []
  const assumed = currency ?? (chinese ? 'CNY' : 'USD')
  if (currency === undefined && !chinese)
    notes.push({
      en: `No file names its currency: ${assumed} is assumed in tranche.yaml.`,
      zh: `文件未注明币种：tranche.yaml 中暂设为 ${assumed}。`,
    })
  const zone = chinese ? 'Asia/Shanghai' : 'UTC'
  if (!chinese)
    notes.push({
      en: 'No file names its time zone: days are counted in UTC until timeZone in tranche.yaml says otherwise.',
      zh: '文件未注明时区：在 tranche.yaml 的 timeZone 修改之前按 UTC 计日。',
    })
  const purchases = purchasesOf(proposed.kinds)
  if (purchases !== undefined) notes.push(purchases.why)
  return {
    draft: {
      name: { en: name, zh: name },
      timeZone: {
        mapping: zone,
        why: chinese
          ? { en: 'the files are in Chinese', zh: '文件内容为中文' }
          : { en: 'assumed: no file says', zh: '假定：文件未注明' },
      },
      currency: {
        mapping: assumed,
        why:
          currency !== undefined
            ? { en: 'named in the files', zh: '文件中注明' }
            : { en: 'assumed: no file says', zh: '假定：文件未注明' },
      },
      assumed: chinese ? [] : ['timeZone', ...(currency === undefined ? (['currency'] as const) : [])],
      locale,
      ...(purchases === undefined ? {} : { purchases }),
      identity: proposed.identity,
    },
    notes,
  }
}

/** Kinds in which customers bring business, for institutions whose customers buy nothing. */
const business: readonly string[] = [
  'investment',
  'premium',
  'deposit',
  'repayment',
  'transfer_in',
  'withdrawal',
]

function purchasesOf(kinds: ReadonlySet<string>): { mapping: string; why: Text } | undefined {
  if (kinds.size === 0 || kinds.has('purchase')) return undefined
  const [first] = business.filter((kind) => kinds.has(kind))
  if (first === undefined) return undefined
  return {
    mapping: `kind == ${quote(first)}`,
    why: {
      en: `No transaction is a purchase: lifetime value counts those of kind ${first}. Change value.where in tranche.yaml if others bring the business.`,
      zh: `没有消费类交易：生命周期价值按 ${first} 类交易计算。如不合适，请修改 tranche.yaml 中的 value.where。`,
    },
  }
}

const isoCode = /\b(CNY|RMB|USD|EUR|GBP|INR|JPY|HKD|TWD|CZK|AUD|CAD|CHF|SGD|KRW|BRL|RUB|ZAR|SEK|PLN)\b/

/** The currency that a column of currencies, a name, or a sign beside numbers tells. */
function currencyOf(subjects: readonly Subject[]): string | undefined {
  const columns = subjects.flatMap(({ profile }) => profile.columns)
  const written = columns.find((column) => conceptScore(column.name, 'currency') >= 0.95)?.top[0]?.value
  if (written !== undefined && isoCode.test(written)) return written.replace('RMB', 'CNY')
  for (const { name } of columns) {
    const code = isoCode.exec(name)?.[1]
    if (code !== undefined) return code.replace('RMB', 'CNY')
  }
  for (const { code, words, sign } of currencies)
    for (const column of columns) {
      const named = holdsWord(column.name, words) || (code === 'CNY' && /[(（](万)?元[)）]/.test(column.name))
      const signed = column.numbers !== null && column.top.slice(0, 50).some(({ value }) => sign.test(value))
      if (named || signed) return code
    }
  return undefined
}
