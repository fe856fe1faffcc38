import type { ByteWriter } from './byte-writer.ts'
import { dayNumber } from './calendar.ts'
import { writeIdNumber, writePhoneNumber } from './identifiers.ts'
import type { Customer } from './profile.ts'
import type { Random } from './random.ts'
import { provinces } from './regions.ts'
import { type Shard, stage } from './shard-state.ts'
import { hasOwnKey, writeCustomerKey, writeLine } from './text-rows.ts'
import * as words from './vocabulary.ts'

export const customerHeader =
  '客户编号,姓名,手机号,身份证号,性别,出生日期,省份,城市,城市级别,住址,职业,就业类型,学历,婚姻状况,抚养人数,年收入(万元),风险偏好,投资目标,开户时间,获客渠道,获客素材,状态,是否测试\n'

/** Rows that are refused bear customer numbers from here on, below those that belong to nobody. */
const plantedCustomers = 80_000_000

const gb = (list: readonly string[]) => words.encodeWords(list, 'gb18030')
const word = (text: string) => words.encodeWord(text, 'gb18030')
const vocabulary = {
  surnames: gb(words.surnames),
  givenNames: gb(words.givenNames),
  streets: gb(words.streets),
  occupations: gb(words.occupations),
  employmentTypes: gb(words.employmentTypes),
  educations: gb(words.educations),
  maritalStatuses: gb(words.maritalStatuses),
  riskAppetites: gb(words.riskAppetites),
  investmentGoals: gb(words.investmentGoals),
  genders: gb(words.genderWords),
  genderAliases: gb(words.genderAliases),
  channels: gb(words.channelWords),
  creatives: gb(words.creativeWords),
  provinces: gb(provinces.map((province) => province.name)),
  cities: gb(words.cities),
  tiers: provinces.flatMap((province) => gb(province.cities.map((city) => city.tier))),
  number: word('号'),
  unknown: word('不详'),
  about: word('约二十万'),
  active: word('正常'),
}

/** The row of a customer in the core system's export, in GB18030. */
export function writeCustomer(shard: Shard, customer: Customer): void {
  const { random, recipe } = shard
  const out = shard.texts.customers
  writeLine(out, shard.dirt.customers.next(), (kind) => {
    random.reseed(recipe.seed, customer.index, stage.details)
    writeRow(out, random, customer, kind)
  })
}

function writeRow(out: ByteWriter, random: Random, customer: Customer, kind: string | undefined): void {
  const index = hasOwnKey(kind) ? plantedCustomers + customer.index : customer.index
  writeCustomerKey(out, index, kind, 'gb18030').comma()
  out.bytes(pick(random, vocabulary.surnames)).bytes(pick(random, vocabulary.givenNames)).comma()
  writePhoneNumber(out, customer.sharesPhone ? customer.index & ~1 : index).comma()
  const city = provinces[customer.province]!.cities[customer.city]!
  writeIdNumber(
    out,
    {
      areaCode: city.code,
      birthDay: customer.birthDay,
      sequence: random.below(1000),
      gender: customer.gender,
    },
    kind === 'id_number_bad_checksum',
  )
  out.comma()
  writeGender(out, random, customer.gender, kind)
  writeBirthDate(out, customer.birthDay, kind)
  out.bytes(vocabulary.provinces[customer.province]!).comma()
  out.bytes(vocabulary.cities[customer.cityNumber]!).comma()
  out.bytes(vocabulary.tiers[customer.cityNumber]!).comma()
  out.byte(34).bytes(vocabulary.cities[customer.cityNumber]!).bytes(pick(random, vocabulary.streets))
  out
    .integer(1 + random.below(999))
    .bytes(vocabulary.number)
    .ascii(', ')
    .integer(1 + random.below(30))
  out
    .ascii('-')
    .integer(101 + random.below(3000))
    .byte(34)
    .comma()
  writeCircumstances(out, random, customer, kind)
  out.moment(customer.onboardedDay, customer.onboardedSecond).comma()
  out.bytes(vocabulary.channels[customer.channel]!).comma()
  out.bytes(vocabulary.creatives[customer.creative]!).comma()
  out
    .bytes(vocabulary.active)
    .comma()
    .ascii(kind === 'test_row' ? 'Y' : 'N')
}

function writeGender(out: ByteWriter, random: Random, gender: number, kind: string | undefined): void {
  const alias = 2 * random.below(3) + gender
  if (kind === 'wrong_code') out.ascii('9')
  else if (kind === 'gender_alias') out.bytes(vocabulary.genderAliases[alias]!)
  else out.bytes(vocabulary.genders[gender]!)
  out.comma()
}

function writeBirthDate(out: ByteWriter, birthDay: number, kind: string | undefined): void {
  if (kind === 'unparseable_date') out.bytes(vocabulary.unknown)
  else out.day(kind === 'negative_age' ? dayNumber(2031, 5, 4) : birthDay)
  out.comma()
}

/** Occupation to investment goal. None of it decides what the customer does, but income rises with the limit. */
function writeCircumstances(
  out: ByteWriter,
  random: Random,
  customer: Customer,
  kind: string | undefined,
): void {
  const incomeTenThousands =
    (customer.quadrant === 'high_net_worth' ? 38 : 11) * Math.exp(0.45 * random.normal())
  out.bytes(pick(random, vocabulary.occupations)).comma()
  out.bytes(pick(random, vocabulary.employmentTypes)).comma()
  out.bytes(pick(random, vocabulary.educations)).comma()
  out.bytes(pick(random, vocabulary.maritalStatuses)).comma()
  out.integer(random.below(4)).comma()
  if (kind === 'bad_amount') out.bytes(vocabulary.about)
  else out.cents(Math.round(100 * incomeTenThousands) + (kind === 'contradictory_duplicate' ? 500 : 0))
  out.comma()
  const appetite = random.chance(0.7) ? customer.mindset : random.below(3)
  out.bytes(vocabulary.riskAppetites[appetite]!).comma()
  out.bytes(pick(random, vocabulary.investmentGoals)).comma()
}

function pick(random: Random, list: readonly Uint8Array[]): Uint8Array {
  return list[random.below(list.length)]!
}
