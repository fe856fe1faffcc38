import type { IdentifierKind } from '@tranche/contract'

/** A direct identifier recognised in a column, and by what. */
export interface RecognisedIdentifier {
  readonly kind: IdentifierKind
  readonly by: 'name' | 'values' | 'name and values'
}

const names: readonly { readonly kind: IdentifierKind; readonly pattern: RegExp }[] = [
  {
    kind: 'id_number',
    pattern:
      /^(id ?card|id ?card ?(no|number)|id ?(number|no)|national ?id|identity ?(no|number|card)|ssn|social security( number)?|passport( no| number)?|tax id|身份证|身份证号|身份证号码|证件号|证件号码|护照号|护照号码|客户证件号码?)$/,
  },
  {
    kind: 'card_number',
    pattern:
      /^((cc|credit ?card|debit ?card|payment ?card|card) ?(no|num|nbr|number)|bank ?card( no| number)?|pan|卡号|银行卡号?|银行账号|信用卡号|借记卡号)$/,
  },
  {
    kind: 'phone',
    pattern:
      /^((customer |contact |mobile |cell |home |work )?(phone|mobile|telephone|tel|cellphone|cell)( ?(no|number))?|手机|手机号|手机号码|电话|电话号码|联系电话|联系方式|移动电话|固定电话)$/,
  },
  { kind: 'email', pattern: /^((customer |contact )?e ?mail( address)?|邮箱|电子邮箱|电子邮件|邮箱地址)$/ },
  {
    kind: 'name',
    pattern:
      /^((customer|client|full|first|last|family|given|middle|contact|holder|member|cardholder|card ?holder|account ?holder|user) ?name|card ?holder|account ?holder|surname|name of customer|姓名|客户姓名|客户名称|会员姓名|用户姓名|名字|姓|名|联系人|持卡人|持卡人姓名|投保人|被保险人|真实姓名)$/,
  },
  {
    kind: 'address',
    pattern:
      /^((home |street |mailing |billing |shipping |postal |residential |customer )?(address|addr)( line)?( ?\d)?|street|地址|住址|家庭住址|家庭地址|联系地址|通讯地址|收货地址|居住地址|详细地址|户籍地址)$/,
  },
]

/**
 * What a longer name ends with: a header of two lines ("客户信息 姓名"), a role ("借款人手机号", "applicant_phone_2").
 * Less is certain than of a whole name, so the values must look the part.
 */
const endings: readonly {
  readonly kind: IdentifierKind
  readonly pattern: RegExp
  readonly fits: (text: string) => boolean
}[] = [
  {
    kind: 'id_number',
    pattern:
      /(身份证|身份证号码?|证件号码?|护照号码?)$|(^| )(id card|national id|passport|ssn|social security|nik|npwp|aadhaa?r|pan|cpf|cnpj|curp|rfc|dni|nie|nif|nino|national insurance|tax id|tin|tax file|codice fiscale|fiscal code|bsn|personnummer|pesel|driver s? ?licen[cs]e|driving licen[cs]e)( no| number| id| card)?$/,
    fits: (text) => text.length >= 6 && (text.match(/\d/g) ?? []).length >= 4,
  },
  {
    kind: 'email',
    pattern: /(邮箱|邮箱地址|电子邮件)$|(^| )e ?mail( address| id)?( ?\d)?$/,
    fits: (text) => text.includes('@'),
  },
  {
    kind: 'phone',
    pattern:
      /(手机|手机号码?|电话|电话号码?|联系方式)$|(^| )(phone|mobile|telephone|tel|cellphone|cell phone|fax)( no| number)?( ?\d)?$/,
    fits: (text) => (text.match(/\d/g) ?? []).length >= 6,
  },
  {
    kind: 'name',
    pattern:
      /(姓名|名字|户名|联系人|收件人|收货人|持卡人)$|(^| )((first|last|full|given|family|middle|maiden|legal) ?name|surname)$|(^| )(customer|client|borrower|applicant|guarantor|beneficiary|spouse|owner|payee|payer|person|ship ?to|bill ?to|shipping|billing|recipient|receiver|consignee|addressee|buyer|sender|insured|policyholder|policy holder|patient|driver|guest|passenger|subscriber) name$|(^| )(recipient|consignee|addressee|ship ?to|bill ?to)$|(买家|买家会员名|会员名|用户名|昵称)$/,
    fits: (text) => /\p{L}/u.test(text) && text.length <= 80,
  },
  // A second line holds what the first had no room for, often hardly anything.
  { kind: 'address', pattern: /(^| )(address|addr)( line)? ?[2-4]$/, fits: () => true },
  {
    kind: 'address',
    pattern: /(地址|住址)$|(?<!(^| )(ip|mac|web|url|site|host))(^| )(address|addr|street)( line)?( ?\d)?$/,
    fits: (text) => /\p{L}/u.test(text) && text.length >= 4,
  },
]

/** A bare "name" is a person's only in a table of persons. */
const bareName = /^(name|名称)$/
/** So is what stands for a part of it, where it holds words: "first" may be a day, "last" an amount. */
const partOfName = /^(first|last|fname|lname|forename|given|family|middle|maiden)$/
const isNameWord = (text: string) => /^\p{L}[\p{L}\p{M}'’ .-]{0,39}$/u.test(text.trim())

const emailPattern = /^[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,24}$/i
const mobilePattern = /^(?:\+?86[- ]?)?1[3-9]\d{9}$/
const phonePattern =
  /^(?:\+\d{1,3}[- ]?)?(?:\(\d{2,4}\)[- ]?|0\d{2,3}[- ])?\d{3,4}[- ]?\d{3,4}(?:[- ]\d{2,6})?$/

/** Whether a text is an e-mail address. */
export function isEmail(text: string): boolean {
  return emailPattern.test(text.trim())
}

/** Whether a text is a mainland mobile number, or a telephone number written as one (with + or separators). */
export function isPhone(text: string): boolean {
  const trimmed = text.trim()
  if (mobilePattern.test(trimmed.replace(/[- ]/g, ''))) return true
  return (
    /[+()-]/.test(trimmed) &&
    !/^\d{4}-\d{1,2}-\d{1,2}/.test(trimmed) &&
    !/^(19|20)\d{2} ?- ?(19|20)\d{2}$/.test(trimmed) &&
    phonePattern.test(trimmed)
  )
}

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const idChecks = '10X98765432'

/** Whether a text is a mainland id number of 18 digits whose date exists and whose last character checks (GB 11643). */
export function isMainlandId(text: string): boolean {
  const trimmed = text.trim().toUpperCase()
  if (!/^[1-9]\d{16}[\dX]$/.test(trimmed) || !isDay(trimmed.slice(6, 14))) return false
  const sum = idWeights.reduce((total, weight, index) => total + weight * Number(trimmed[index]), 0)
  return idChecks[sum % 11] === trimmed[17]
}

/** Whether a text is a card number: 13 to 19 digits, a known first digit, and a right last one (Luhn). */
export function isCardNumber(text: string): boolean {
  const digits = text.trim().replace(/[- ]/g, '')
  if (!/^[3-6]\d{12,18}$/.test(digits)) return false
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'

/** Whether a text looks like a Chinese person's name: a common surname and one to three characters. */
export function isChineseName(text: string): boolean {
  const trimmed = text.trim()
  return /^\p{Script=Han}{2,4}$/u.test(trimmed) && surnames.includes(trimmed[0]!)
}

const addressPattern =
  /(省|市|区|县|镇).{0,20}(路|街|道|巷|弄|村|小区|号|栋|室)|^\d+\s+\S+.*\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd)\b/i

/** Whether a text looks like a postal address. */
export function isAddress(text: string): boolean {
  return addressPattern.test(text.trim())
}

export interface ColumnSample {
  readonly name: string
  /** Distinct texts of the column, a few hundred at most. */
  readonly values: readonly string[]
  /** Distinct values over filled cells; names of persons repeat little. */
  readonly distinctShare: number
  /** Whether the table describes persons, so that a bare "name" is one's. */
  readonly ofPersons: boolean
}

const enough = 0.8

/**
 * Tells whether a column names persons, by its name or by its values; undefined where it does not. Patterns with a
 * checksum need most values to pass it; a random column of digits passes Luhn in one case of ten.
 */
export function recogniseIdentifier(sample: ColumnSample): RecognisedIdentifier | undefined {
  const byValues = kindOfValues(sample)
  const byName = kindOfName(sample) ?? kindOfEnding(sample)
  if (byName !== undefined && !contradicts(byName, sample))
    return { kind: byName, by: byValues === byName ? 'name and values' : 'name' }
  return byValues === undefined ? undefined : { kind: byValues, by: 'values' }
}

/** A name in words, in lower case: `OPEN_DATE` and `openDate` are both `open date`. */
export function wordsOf(name: string): string {
  return name
    .replace(/[（(].*?[）)]/g, ' ')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function kindOfName({ name, values, ofPersons }: ColumnSample): IdentifierKind | undefined {
  const words = wordsOf(name)
  const found = names.find(({ pattern }) => pattern.test(words))?.kind
  if (found !== undefined || !ofPersons) return found
  if (bareName.test(words)) return 'name'
  return partOfName.test(words) && share(values, isNameWord) > enough ? 'name' : undefined
}

function kindOfEnding({ name, values }: ColumnSample): IdentifierKind | undefined {
  const words = wordsOf(name)
  return endings.find(({ pattern, fits }) => pattern.test(words) && share(values, fits) > enough)?.kind
}

/** A column called "telephone" that holds yes and no is about persons, but names none. */
function contradicts(kind: IdentifierKind, { values }: ColumnSample): boolean {
  if (values.length === 0) return false
  if (
    kind === 'name' &&
    values.every((value) => /^(y|n|yes|no|true|false|\d*|[是否有无])$/i.test(value.trim()))
  )
    return true
  if (kind === 'name') return share(values, (text) => /^[\d.,-]+$/.test(text)) > enough
  const few = values.length <= 5
  const coded = values.every((value) => /^([\x20-\x7e]{0,4}|[是否有无])$/.test(value.trim()))
  if (few && coded) return true
  if (kind === 'address') return share(values, (text) => /^[\d.,-]+$/.test(text)) > enough
  return false
}

function kindOfValues({ values, distinctShare }: ColumnSample): IdentifierKind | undefined {
  if (values.length === 0) return undefined
  if (share(values, isEmail) >= enough) return 'email'
  if (share(values, isMainlandId) >= enough) return 'id_number'
  if (values.length >= 3 && share(values, isCardNumber) >= enough) return 'card_number'
  if (share(values, isPhone) >= enough) return 'phone'
  if (values.length >= 3 && share(values, isAddress) >= enough) return 'address'
  if (values.length >= 20 && distinctShare > 0.3 && share(values, isChineseName) >= 0.9) return 'name'
  return kindInside(values)
}

/** Identifiers of persons within remarks and other free text: a few are enough to keep the whole column out. */
function kindInside(values: readonly string[]): IdentifierKind | undefined {
  const found = (['email', 'id_number', 'phone'] as const).map((kind) => {
    const { within, is } = inside[kind]
    const holds = (text: string) =>
      text.length > 12 && (text.match(within) ?? []).some((part) => part !== text && is(part))
    return { kind, n: values.filter(holds).length }
  })
  return found.find(({ n }) => n >= Math.max(1, values.length * 0.005))?.kind
}

const inside = {
  email: { within: /[^\s@,;，；：:()（）<>]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}/g, is: isEmail },
  id_number: { within: /(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])/g, is: isMainlandId },
  phone: {
    within: /(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z.])/g,
    is: isPhone,
  },
} as const

function share(values: readonly string[], test: (text: string) => boolean): number {
  return values.filter(test).length / values.length
}

function isDay(digits: string): boolean {
  const date = new Date(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10).replaceAll('-', '') === digits
}
