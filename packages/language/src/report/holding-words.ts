import type { Text } from '@tranche/contract'

/** How many hold a kind of product, as it stands in the middle of a sentence. */
export const holdingShares: Readonly<Record<string, Text>> = {
  holds_card: { en: 'share with a card', zh: '信用卡持有率' },
  holds_virtual_card: { en: 'share with a virtual card', zh: '虚拟卡持有率' },
  holds_prepaid_card: { en: 'share with a prepaid card', zh: '预付卡持有率' },
  holds_loan: { en: 'share with a loan', zh: '贷款持有率' },
  holds_wealth: { en: 'share with a wealth product', zh: '理财产品持有率' },
  holds_deposit: { en: 'share with a deposit account', zh: '存款账户持有率' },
  holds_insurance: { en: 'share with an insurance policy', zh: '保险持有率' },
  holds_payment: { en: 'share with a payment account', zh: '支付账户持有率' },
  holds_goods: { en: 'share with goods', zh: '商品持有率' },
}

/** Those who hold it. */
export const holders: Readonly<Record<string, Text>> = {
  holds_card: { en: 'holders of a card', zh: '持有信用卡的客户' },
  holds_virtual_card: { en: 'holders of a virtual card', zh: '持有虚拟卡的客户' },
  holds_prepaid_card: { en: 'holders of a prepaid card', zh: '持有预付卡的客户' },
  holds_loan: { en: 'holders of a loan', zh: '持有贷款的客户' },
  holds_wealth: { en: 'holders of a wealth product', zh: '持有理财产品的客户' },
  holds_deposit: { en: 'holders of a deposit account', zh: '持有存款账户的客户' },
  holds_insurance: { en: 'holders of an insurance policy', zh: '持有保险的客户' },
  holds_payment: { en: 'holders of a payment account', zh: '持有支付账户的客户' },
  holds_goods: { en: 'holders of goods', zh: '持有商品的客户' },
}

/** Kinds of products, where they stand for the products themselves. */
export const productKindWords: Readonly<Record<string, Text>> = {
  card: { en: 'card', zh: '信用卡' },
  virtual_card: { en: 'virtual card', zh: '虚拟卡' },
  prepaid_card: { en: 'prepaid card', zh: '预付卡' },
  loan: { en: 'loan', zh: '贷款' },
  wealth: { en: 'wealth product', zh: '理财产品' },
  deposit: { en: 'deposit account', zh: '存款账户' },
  insurance: { en: 'insurance policy', zh: '保险' },
  payment: { en: 'payment account', zh: '支付账户' },
  goods: { en: 'goods', zh: '商品' },
  other: { en: 'other product', zh: '其他产品' },
}
