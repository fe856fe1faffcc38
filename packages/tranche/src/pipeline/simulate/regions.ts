/** Parts of the country as its statistics group them, in the order of the tables of effects. */
export const regions = [
  { key: 'east', en: 'East China', zh: '华东' },
  { key: 'south', en: 'South China', zh: '华南' },
  { key: 'north', en: 'North China', zh: '华北' },
  { key: 'central', en: 'Central China', zh: '华中' },
  { key: 'northeast', en: 'Northeast China', zh: '东北' },
  { key: 'southwest', en: 'Southwest China', zh: '西南' },
  { key: 'northwest', en: 'Northwest China', zh: '西北' },
] as const

interface City {
  readonly name: string
  readonly tier: string
  /** Administrative code, with which a resident id number begins. */
  readonly code: string
}

export interface Province {
  readonly name: string
  readonly region: number
  readonly share: number
  readonly cities: readonly City[]
}

const province = (region: number, name: string, share: number, ...cities: string[]): Province => ({
  name,
  region,
  share,
  cities: cities.map((text) => {
    const [city = '', tier = '', code = ''] = text.split(' ')
    return { name: city, tier, code }
  }),
})

/** Where customers live: concentrated on the coast of East and South China. */
export const provinces: readonly Province[] = [
  province(0, '上海市', 0.11, '上海市 一线 310115'),
  province(0, '江苏省', 0.1, '南京市 新一线 320102', '苏州市 新一线 320508', '南通市 二线 320602'),
  province(0, '浙江省', 0.1, '杭州市 新一线 330106', '宁波市 新一线 330203', '金华市 二线 330702'),
  province(0, '山东省', 0.05, '济南市 二线 370102', '青岛市 新一线 370202'),
  province(0, '福建省', 0.05, '福州市 二线 350102', '厦门市 二线 350203', '泉州市 二线 350502'),
  province(0, '安徽省', 0.03, '合肥市 新一线 340102', '芜湖市 三线 340202'),
  province(0, '江西省', 0.02, '南昌市 二线 360102', '赣州市 三线 360702'),
  province(1, '广东省', 0.17, '广州市 一线 440106', '深圳市 一线 440305', '佛山市 二线 440604'),
  province(1, '广西壮族自治区', 0.03, '南宁市 二线 450102', '柳州市 三线 450202'),
  province(1, '海南省', 0.02, '海口市 三线 460105'),
  province(2, '北京市', 0.07, '北京市 一线 110105'),
  province(2, '天津市', 0.02, '天津市 新一线 120101'),
  province(2, '河北省', 0.02, '石家庄市 二线 130102', '唐山市 三线 130202'),
  province(3, '湖北省', 0.03, '武汉市 新一线 420102', '宜昌市 三线 420502'),
  province(3, '湖南省', 0.03, '长沙市 新一线 430102', '株洲市 三线 430202'),
  province(3, '河南省', 0.03, '郑州市 新一线 410102', '洛阳市 三线 410302'),
  province(4, '辽宁省', 0.02, '沈阳市 二线 210102', '大连市 二线 210202'),
  province(4, '黑龙江省', 0.01, '哈尔滨市 二线 230102'),
  province(5, '四川省', 0.04, '成都市 新一线 510104', '绵阳市 三线 510703'),
  province(5, '重庆市', 0.02, '重庆市 新一线 500103'),
  province(5, '云南省', 0.01, '昆明市 二线 530102'),
  province(6, '陕西省', 0.015, '西安市 新一线 610102'),
  province(6, '新疆维吾尔自治区', 0.005, '乌鲁木齐市 三线 650102'),
]

export const regionShares: readonly number[] = regions.map((_, region) =>
  provinces.reduce((sum, { region: own, share }) => sum + (own === region ? share : 0), 0),
)
