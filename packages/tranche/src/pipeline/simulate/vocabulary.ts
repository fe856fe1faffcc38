import iconv from 'iconv-lite'
import { provinces } from './regions.ts'

export type Encoding = 'gb18030' | 'utf-8'

const split = (text: string): readonly string[] => text.split(' ')

export const surnames = split(
  '王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 罗 高 梁 郑 谢 宋 唐 欧阳',
)
export const givenNames = split(
  '伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建国 志强 晓明 雨桐 浩然 子涵 欣怡 梓萱 宇航 思远 佳琪 文博 嘉怡 俊杰 婷婷 雪梅 海燕 国栋 㛃',
)
export const streets = split(
  '世纪大道 人民路 解放路 中山路 建设路 和平路 新华路 长江路 黄河路 文化路 科技路 学府路 滨江路 花园路',
)
export const occupations = split(
  '工程师 教师 销售 会计 医生 公务员 个体经营者 司机 设计师 客服 护士 律师 外卖骑手 项目经理 学生 退休人员',
)
export const employmentTypes = split('全职 个体经营 自由职业 兼职 退休')
export const educations = split('高中及以下 大专 本科 硕士及以上')
export const maritalStatuses = split('未婚 已婚 离异')
export const riskAppetites = split('保守型 稳健型 进取型')
export const investmentGoals = split('养老 子女教育 购房 财富增值 应急备用')
export const genderWords = split('男 女')
/** Other ways in which the same is written by branches that keep their own lists, male and female in turn. */
export const genderAliases = split('M F 1 2 先生 女士')
export const channelWords = split('财经资讯 职场社交 短视频 搜索 线下网点 转介绍')
export const creativeWords = split('财富管理资讯 现金红包 免费咖啡 品牌形象')

export const transactionWords = split('消费 申购 赎回 还款 分期 积分兑换 退款 转入 转出')
export const categories = split('餐饮 网购 商超 交通 旅游 娱乐 教育 医疗 生活缴费 数码')
export const categoryShares = [0.24, 0.22, 0.15, 0.1, 0.05, 0.07, 0.03, 0.04, 0.06, 0.04]
export const merchantsPerCategory = 4
export const merchants = split(
  '川味小馆 海港茶餐厅 便民早餐 老街咖啡 云集商城 每日优选 惠购网 天天特卖 家家乐超市 万客来 邻里便利 鲜生活 城市地铁 畅行打车 高速通行 停车服务 远方旅行 晴空航空 山水酒店 星程民宿 星光影城 悦听音乐 酷玩游戏 文体中心 启明教育 知行书店 在线课堂 语言学苑 康宁药房 仁和门诊 体检中心 齿科诊所 国网电力 城市燃气 自来水务 通信缴费 数码广场 智能家居 影像世界 手机之家',
)
export const payWays = split('微信支付 支付宝 POS 云闪付 网银')
export const cities: readonly string[] = provinces.flatMap((province) =>
  province.cities.map((city) => city.name),
)

export const ledgerCodes = split('INT FEE ICH SPR FND CHO')
export const complaintTopics = split('收费争议 营销打扰 还款问题 系统故障 服务态度')
export const complaintChannels = split('电话 App 网点')
export const loanPurposes = split('日常消费 装修 教育 医疗 旅游')
export const refusalReasons = split('信用评分不足 收入证明不足 负债过高')
export const eventNames = split('app_open view_product view_wealth click_banner search share')
export const eventChannels = split('ios android mini_program')

/** Words in a file's encoding, by their position in the list. */
export function encodeWords(words: readonly string[], encoding: Encoding): readonly Uint8Array[] {
  return words.map((word) => encodeWord(word, encoding))
}

export function encodeWord(word: string, encoding: Encoding): Uint8Array {
  return encoding === 'utf-8' ? new TextEncoder().encode(word) : new Uint8Array(iconv.encode(word, encoding))
}
