import type { Text } from '@tranche/contract'
import { isChinese, matchWords, wordsOf } from './name-match.ts'
import { chineseKeys } from './synonyms-columns.ts'
import { columnPhrases, outcomePhrases } from './synonyms-labels.ts'

/** What a column is called in sentences: `customer_segment` is "Customer segment"; what both languages know is in both. */
export function labelOf(name: string): Text {
  const words = wordsOf(name)
  if (isChinese(name)) return { en: inEnglish(words.replaceAll(' ', '')) ?? name, zh: name }
  const phrase = columnPhrases.find(([en]) => en === words)
  if (phrase === undefined) return { en: inSentence(name), zh: name }
  return { en: phrase[2] ?? inSentence(name), zh: phrase[1] }
}

/** What the share with an outcome is called; undefined where the name is that of no outcome that has a rate of its own. */
export function rateOf(name: string): Text | undefined {
  return outcomePhrases
    .map(({ words, rate }) => ({ rate, score: matchWords(name, words) }))
    .filter(({ score }) => score >= leastFit)
    .sort((one, other) => other.score - one.score)[0]?.rate
}

const leastFit = 0.75

function inEnglish(words: string): string | undefined {
  const phrase = columnPhrases.find(([, zh]) => zh === words)
  if (phrase !== undefined) return phrase[2] ?? capital(phrase[0])
  const key = chineseKeys.find(([word]) => word === words)?.[1]
  return key === undefined ? undefined : capital(key.replaceAll('_', ' '))
}

const longestAcronym = 5

/** A name in words, the first with a capital; acronyms and what stands in brackets stay as they are written. */
function inSentence(name: string): string {
  const spaced = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[\s_.-]+/g, ' ')
    .trim()
  const tokens = spaced.split(' ')
  const isShouted = (tokens.length > 1 || spaced.length > longestAcronym) && !/\p{Ll}/u.test(spaced)
  let depth = 0
  const written = tokens.map((token) => {
    const inBrackets = depth > 0 || /^[([]/.test(token)
    depth += (token.match(/[([]/g)?.length ?? 0) - (token.match(/[)\]]/g)?.length ?? 0)
    if (inBrackets || (!isShouted && /^\p{Lu}{2,}/u.test(token)) || /^\p{Lu}\d$/u.test(token)) return token
    return inFull(token.toLowerCase())
  })
  return capital(written.join(' '))
}

/** `amt1` is "amount 1". */
function inFull(token: string): string {
  const [, word = token, number = ''] = /^(\p{L}+?)(\d*)$/u.exec(token) ?? []
  const full = Object.hasOwn(inWords, word) ? inWords[word] : undefined
  return full === undefined ? token : `${full}${number === '' ? '' : ` ${number}`}`
}

const inWords: Readonly<Record<string, string>> = {
  amt: 'amount',
  amnt: 'amount',
  avg: 'average',
  bal: 'balance',
  chng: 'change',
  ct: 'count',
  cnt: 'count',
  cust: 'customer',
  dt: 'date',
  mon: 'months',
  num: 'number',
  pct: 'percent',
  pymnt: 'payment',
  qty: 'quantity',
  trans: 'transaction',
  txn: 'transaction',
  util: 'utilisation',
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
