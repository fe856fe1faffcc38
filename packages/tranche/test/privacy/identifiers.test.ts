import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isCardNumber,
  isChineseName,
  isEmail,
  isMainlandId,
  isPhone,
  recogniseIdentifier,
} from '../../src/privacy/identifiers.ts'

describe('a text', () => {
  it('is a mainland id number when its date exists and its last character checks', () => {
    expect(isMainlandId('11010519491231002X')).toBe(true)
    expect(isMainlandId('110105194912310021')).toBe(false)
    expect(isMainlandId('11010519491331002X')).toBe(false)
    expect(isMainlandId('110105194912310')).toBe(false)
  })

  it('is a card number when its last digit fits the others', () => {
    expect(isCardNumber('4111 1111 1111 1111')).toBe(true)
    expect(isCardNumber('6222021234567890128')).toBe(luhn('6222021234567890128'))
    expect(isCardNumber('4111111111111112')).toBe(false)
  })

  it('is a phone number when it is a mobile one, or written as one', () => {
    for (const phone of ['13812345678', '+86 138 1234 5678', '010-12345678', '(021) 6123-4567'])
      expect(isPhone(phone), phone).toBe(true)
    for (const other of ['12345678901', '2024-01-05', '123456', '3.50'])
      expect(isPhone(other), other).toBe(false)
  })

  it('is an e-mail address or a name', () => {
    expect(isEmail('ann@example.org')).toBe(true)
    expect(isEmail('ann at example')).toBe(false)
    expect(isChineseName('王小明')).toBe(true)
    expect(isChineseName('北京市')).toBe(false)
  })

  it('loses its check with any one digit changed', () => {
    const changed = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 }))
    fc.assert(
      fc.property(changed, ([place, by]) => {
        const digits = [...'4111111111111111']
        digits[place] = String((Number(digits[place]) + by) % 10)
        expect(isCardNumber(digits.join(''))).toBe(false)
      }),
    )
  })
})

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = index % 2 === 1 ? Number(digit) * 2 : Number(digit)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

describe('a column', () => {
  const column = (name: string, values: readonly string[], distinctShare = 1) =>
    recogniseIdentifier({ name, values, distinctShare, ofPersons: true })

  it.each([
    ['手机号', ['13812345678', '13912345678'], 'phone'],
    ['x7', ['13812345678', '15912345678', '18612345678'], 'phone'],
    ['EmailAddress', ['a@b.cn'], 'email'],
    ['身份证号码', ['11010519491231002X'], 'id_number'],
    ['col', ['110105194912310021', '110105194912310022'], undefined],
    ['姓名', ['王小明', '李雷'], 'name'],
    ['Customer Name', ['Ann Lee', 'Bob Ray'], 'name'],
    ['name', ['Ann Lee', 'Bob Ray'], 'name'],
    ['家庭住址', ['北京市朝阳区建国路1号'], 'address'],
    ['银行卡号', ['6222021234567890128'], 'card_number'],
    ['客户信息 姓名', ['张三0', '张三1'], 'name'],
    ['借款人手机号', ['138 1234 5678', '139 1234 5678'], 'phone'],
    ['applicant_phone_2', ['5551234567', '5559876543'], 'phone'],
    ['Borrower First Name', ['Ann', 'Bob'], 'name'],
    ['mailingAddressLine1', ['12 High Road', '3 Low Lane'], 'address'],
    ['配偶 身份证号', ['A1234567', 'B7654321'], 'id_number'],
    ['备注', ['请联系13812345678，谢谢', '无', '上门'], 'phone'],
    ['note', ['write to a.b@example.org please', 'none'], 'email'],
  ] as const)('called %s is recognised', (name, values, kind) => {
    expect(column(name, values)?.kind).toBe(kind)
  })

  it('that says whether there is a telephone is none', () => {
    expect(column('telephone', ['yes', 'no'], 0.001)).toBeUndefined()
    expect(column('telephone', ['A191', 'A192'], 0.001)).toBeUndefined()
    expect(column('has work phone', ['0', '1'], 0.001)).toBeUndefined()
  })

  it('of product names is none', () => {
    expect(column('product name', ['green tea', 'soap'])).toBeUndefined()
    expect(column('门店名称', ['南京路店', '淮海路店'])).toBeUndefined()
    expect(column('ip address', ['10.0.0.1', '10.0.0.2'])).toBeUndefined()
    expect(column('品类 手机', ['华为', '苹果', '小米'])).toBeUndefined()
    expect(
      recogniseIdentifier({ name: 'name', values: ['tea', 'soap'], distinctShare: 1, ofPersons: false }),
    ).toBeUndefined()
  })
})
