import type { Unit } from './common.ts'

export interface PublishedColumn {
  readonly name: string
  readonly unit: Unit
  readonly label: { readonly en: string; readonly zh: string }
}

export interface PublishedTable {
  readonly name: string
  readonly label: { readonly en: string; readonly zh: string }
  readonly grain: { readonly en: string; readonly zh: string }
  /** Columns of the program's own; features that a table also carries are labelled by their definitions. */
  readonly columns: readonly PublishedColumn[]
}

const column = (name: string, unit: Unit, en: string, zh: string): PublishedColumn => ({
  name,
  unit,
  label: { en, zh },
})

/** Tables that a run publishes, as `tranche export` and readers see them. */
export const publishedTables: readonly PublishedTable[] = [
  {
    name: 'customer_value',
    label: { en: 'Customer value table', zh: '客户价值分析表' },
    grain: { en: 'customer', zh: '客户' },
    columns: [
      column('customer_id', 'none', 'Customer', '客户编号'),
      column('as_of', 'none', 'As of', '截至'),
      column('r', 'days', 'Days since last purchase', '最近购买距今天数'),
      column('f', 'count', 'Purchase days', '购买天数'),
      column('m', 'money', 'Amount purchased', '累计购买金额'),
      column('r_score', 'score', 'Recency score', 'R 分'),
      column('f_score', 'score', 'Frequency score', 'F 分'),
      column('m_score', 'score', 'Monetary score', 'M 分'),
      column('rfm', 'none', 'RFM cell', 'RFM 组合'),
      column('first_purchase_day', 'none', 'First purchase', '首次购买日'),
      column('last_purchase_day', 'none', 'Last purchase', '最近购买日'),
      column('p_alive', 'share', 'Probability still active', '存活概率'),
      column(
        'expected_transactions_12m',
        'count',
        'Expected purchases within the horizon',
        '预测期预期购买次数',
      ),
      column('expected_spend', 'money', 'Expected amount of a purchase', '预期单次金额'),
      column('value_12m', 'money', 'Value within the horizon', '预测期价值'),
      column('value_12m_low', 'money', 'Value, low end of the 95% interval', '预测期价值（95% 下限）'),
      column('value_12m_high', 'money', 'Value, high end of the 95% interval', '预测期价值（95% 上限）'),
      column(
        'potential_value',
        'money',
        'Potential value (assumed: the upper quarter of peers)',
        '潜在价值（假设：同类客户上四分位）',
      ),
      column('room_to_grow', 'money', 'Room to grow (assumed)', '增长空间（假设）'),
      column('repeat_customer', 'none', 'Bought more than once', '是否复购'),
      column('tier', 'none', 'Tier', '价值层级'),
      column('activity', 'none', 'Activity', '活跃状态'),
      column('peer_group', 'none', 'Peers compared with', '对比同类组'),
    ],
  },
  {
    name: 'features',
    label: { en: 'Features', zh: '特征表' },
    grain: { en: 'customer', zh: '客户' },
    columns: [
      column('customer_id', 'none', 'Customer', '客户编号'),
      column('as_of', 'none', 'As of', '截至'),
    ],
  },
  { name: 'metrics', label: { en: 'Metrics', zh: '指标' }, grain: { en: 'metric', zh: '指标' }, columns: [] },
  {
    name: 'findings',
    label: { en: 'Findings', zh: '结论' },
    grain: { en: 'finding', zh: '结论' },
    columns: [],
  },
  {
    name: 'quality',
    label: { en: 'Data quality', zh: '数据质量' },
    grain: { en: 'check', zh: '检查项' },
    columns: [],
  },
  {
    name: 'row_counts',
    label: { en: 'Row counts', zh: '行数核对' },
    grain: { en: 'source and table', zh: '来源 × 表' },
    columns: [],
  },
  {
    name: 'profiles',
    label: { en: 'Column profiles', zh: '列概况' },
    grain: { en: 'source and column', zh: '来源 × 列' },
    columns: [],
  },
  {
    name: 'scores',
    label: { en: 'Model scores', zh: '模型评分' },
    grain: { en: 'customer, model and output', zh: '客户 × 模型 × 输出' },
    columns: [],
  },
  {
    name: 'segment_membership',
    label: { en: 'Segment membership', zh: '客群成员' },
    grain: { en: 'segment and customer', zh: '客群 × 客户' },
    columns: [
      column('segment', 'none', 'Segment', '客群'),
      column('customer_id', 'none', 'Customer', '客户编号'),
      column('as_of', 'none', 'As of', '截至'),
    ],
  },
  {
    name: 'segment_summary',
    label: { en: 'Segment summary', zh: '客群汇总' },
    grain: { en: 'segment', zh: '客群' },
    columns: [
      column('segment', 'none', 'Segment', '客群'),
      column('customers', 'count', 'Customers', '客户数'),
      column('share', 'share', 'Share of customers', '客户占比'),
      column('value_12m', 'money', 'Value within the horizon', '预测期价值'),
      column('amount', 'money', 'Amount purchased', '累计购买金额'),
      column('unknown', 'count', 'Customers of whom it is not known', '无法判断的客户数'),
      column('logic_hash', 'none', 'Hash of the definition', '定义哈希'),
    ],
  },
]
