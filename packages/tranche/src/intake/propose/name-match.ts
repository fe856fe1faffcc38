import { wordsOf as plainWordsOf } from '../../privacy/identifiers.ts'
import { type Concept, columnSynonyms } from './synonyms-columns.ts'

export interface Words {
  readonly en: readonly string[]
  readonly zh: readonly string[]
}

/** A name in words: `OPEN_DATE` and `openDate` are both `open date`; what stands in brackets of any kind is a remark. */
export function wordsOf(name: string): string {
  return plainWordsOf(name.replace(/[【[].*?[】\]]/g, ' '))
}

/** How well a name fits one of the words: 1 as a whole, less by its end, its start, or within; 0 not at all. */
export function matchWords(name: string, words: Words): number {
  const written = wordsOf(name)
  const compact = written.replaceAll(' ', '')
  if (compact === '') return 0
  let best = 0
  for (const word of words.en) {
    if (written === word) return 1
    if (compact === word.replaceAll(' ', '')) best = Math.max(best, 0.97)
    // One short word at the end of a long name says little: "group" is not what "age group" is about.
    if (word.length < 2) continue
    if (written.endsWith(` ${word}`)) best = Math.max(best, word.includes(' ') ? 0.85 : 0.75)
    else if (written.startsWith(`${word} `)) best = Math.max(best, word.includes(' ') ? 0.8 : 0.6)
    else if (` ${written} `.includes(` ${word} `)) best = Math.max(best, 0.5)
  }
  for (const word of words.zh) {
    if (compact === word) return 1
    if (word.length < 2) continue
    if (compact.endsWith(word)) best = Math.max(best, 0.85)
    else if (compact.startsWith(word)) best = Math.max(best, 0.6)
    else if (compact.includes(word)) best = Math.max(best, 0.5)
  }
  return best
}

/**
 * How well the name of a file or sheet fits: what says only that it is a file (export, staging, final, 明细表) is left out, and
 * so are years and versions.
 */
export function matchTitle(title: string, words: Words): number {
  return Math.max(matchWords(title, words), 0.98 * matchWords(titleOf(title), words))
}

/** A file's name without what says only that it is a file; the name as it is where nothing else is left. */
export function titleOf(title: string): string {
  const bare = wordsOf(title)
    .split(' ')
    .filter((word) => !fileWords.has(word) && !/^v?\d+$/.test(word))
    .join(' ')
    .replace(/(?:\d|表|数据|信息|明细|记录|清单|台账|样本|样例|导出|汇总)+$/u, '')
  return bare === '' ? title : bare
}

const fileWords: ReadonlySet<string> = new Set(
  (
    'staging stg raw clean cleaned sample samples data dataset table tbl file export extract dump final full all new old ' +
    'dim fact list info information master record records history copy base db csv details detail report'
  ).split(' '),
)

/** How well a column's name fits a concept, between 0 and 1; a little less where an abbreviation had to be read. */
export function conceptScore(name: string, concept: Concept): number {
  const written = matchWords(name, columnSynonyms[concept])
  const read = spelledOut(name)
  return read === undefined ? written : Math.max(written, 0.97 * matchWords(read, columnSynonyms[concept]))
}

/** What programmers shorten, in full; undefined where nothing is shortened. */
function spelledOut(name: string): string | undefined {
  const words = wordsOf(name).split(' ')
  const read = words.map((word) => (Object.hasOwn(abbreviations, word) ? abbreviations[word]! : word))
  return read.every((word, index) => word === words[index]) ? undefined : read.join(' ')
}

const abbreviations: Readonly<Record<string, string>> = {
  amnt: 'amount',
  amt: 'amount',
  cust: 'customer',
  acct: 'account',
  txn: 'transaction',
  tran: 'transaction',
  trx: 'transaction',
  inc: 'income',
  int: 'interest',
  pymnt: 'payment',
  pmt: 'payment',
  dt: 'date',
  nbr: 'number',
  num: 'number',
  prod: 'product',
  desc: 'description',
  emp: 'employment',
  edu: 'education',
  qty: 'quantity',
}

/** Words that a number has which only tells things apart. */
export const codeWords: readonly string[] = [
  'id',
  'no',
  'nr',
  'number',
  'code',
  'key',
  'zip',
  'postcode',
  '编号',
  '号码',
  '代码',
  '单号',
  '邮编',
  '编码',
]

/** Whether the name speaks of a number that tells things apart, not of how many there are. */
export function namesCode(name: string): boolean {
  return holdsWord(name, codeWords) && !/\b(number|num|no) of\b/.test(wordsOf(name))
}

/** Whether the name holds one of the words, as a word of its own or, in Chinese, anywhere. */
export function holdsWord(name: string, words: readonly string[]): boolean {
  const written = ` ${wordsOf(name).replace(/(\p{L})(\d)/gu, '$1 $2')} `
  return words.some((word) =>
    /\p{Script=Han}/u.test(word) ? written.includes(word) : written.includes(` ${word} `),
  )
}

export function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text)
}
