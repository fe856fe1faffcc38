import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'

/** People who exist nowhere else: what is found of them has leaked. Numbers are valid by their checksums. */
const people = [
  {
    name: '欧阳靖璇',
    phone: '13987612345',
    id: '110105194912310029',
    email: 'jing.xuan@leak.example',
    address: '琉璃井胡同九十七号',
  },
  {
    name: '司徒霁月',
    phone: '15811223344',
    id: '440524188001010014',
    email: 'ji.yue@leak.example',
    address: '碧螺山庄十一幢',
  },
  {
    name: '慕容砚秋',
    phone: '17701020304',
    id: '11010519900307867X',
    email: 'yan.qiu@leak.example',
    address: '听雨轩路三百零一号',
  },
  {
    name: '端木晗煜',
    phone: '18609080706',
    id: '320311770706001',
    email: 'han.yu@leak.example',
    address: '落霞孤鹜街二号',
  },
] as const

/** A card number, valid by Luhn's rule. */
const card = '6225760008219524'

/** Every text that must be found nowhere. */
export const needles = [...people.flatMap((person) => Object.values(person)), card]

/**
 * Puts the people into the files of a simulated institution: in rows that are taken in, in rows that are quarantined
 * for another column's sake, in lines that can't be split, and in ones that contradict each other.
 */
export async function plantPeople(dir: string): Promise<void> {
  const customers = join(dir, 'data', 'customers.csv')
  const text = iconv.decode(await readFile(customers), 'gb18030')
  const [header = '', sample = ''] = text.split(/\r?\n/)
  const columns = header.split(',')
  const row = (index: number, changes: Readonly<Record<string, string>>) => {
    const person = people[index]!
    const cells: Record<string, string> = {
      ...Object.fromEntries(columns.map((column, at) => [column, splitCells(sample)[at] ?? ''])),
      客户编号: `C9000000${index}`,
      姓名: person.name,
      手机号: person.phone,
      身份证号: person.id,
      住址: person.address,
      ...changes,
    }
    return columns.map((column) => cells[column] ?? '').join(',')
  }
  const rows = [
    row(0, {}),
    row(1, { 出生日期: '1980-02-31' }),
    row(1, { 客户编号: 'C90000009', 开户时间: 'not a time' }),
    row(2, {}),
    row(2, { 职业: '另一种说法' }),
    `${row(3, {})},${card},one,too,many`,
    row(3, {}).split(',').slice(0, 5).join(','),
    row(3, { 住址: `"${people[3].address}` }),
    row(0, { 客户编号: 'C90000010', 姓名: `"${people[0].name}"${card}` }),
  ]
  await appendFile(customers, iconv.encode(`${rows.join('\n')}\n`, 'gb18030'))
  const users = join(dir, 'data', 'app_users.csv')
  const lines = people.map(
    ({ phone, email }, index) =>
      `U9000000${index},${phone},${email},${index === 1 ? 'never' : '2024-03-01 10:00:00'},iOS,true`,
  )
  await writeFile(
    users,
    `${(await readFile(users, 'utf8')).trimEnd()}\n${lines.join('\n')}\nU90000009,${people[0].phone},${people[0].email}\n`,
  )
}

function splitCells(line: string): readonly string[] {
  return [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell ?? '')
}
