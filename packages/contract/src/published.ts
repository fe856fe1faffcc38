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
  {
    name: 'customer_facts',
    label: { en: 'What findings compare besides', zh: '结论另外比较的内容' },
    grain: { en: 'customer', zh: '客户' },
    columns: [column('customer_id', 'none', 'Customer', '客户编号')],
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
  {
    name: 'recommendations',
    label: { en: 'Recommendations', zh: '行动建议' },
    grain: { en: 'recommendation', zh: '建议' },
    columns: [
      column('key', 'none', 'Recommendation', '建议'),
      column('rule', 'none', 'Rule', '规则'),
      column('verdict', 'none', 'Made, allowed version or stopped', '原样、允许的版本或已拦截'),
      column('label_en', 'none', 'Name', '名称（英文）'),
      column('label_zh', 'none', 'Name in Chinese', '名称'),
      column('action_en', 'none', 'Action', '行动（英文）'),
      column('action_zh', 'none', 'Action in Chinese', '行动'),
      column('owner_en', 'none', 'Owner', '负责人（英文）'),
      column('owner_zh', 'none', 'Owner in Chinese', '负责人'),
      column('due_on', 'none', 'Due', '期限'),
      column('purpose', 'none', 'Purpose', '用途'),
      column('findings', 'none', 'Findings it rests on', '依据的结论'),
      column('group_rule', 'none', 'Rule of the group', '群体规则'),
      column('reach', 'count', 'Customers', '覆盖客户数'),
      column('unknown', 'count', 'Customers of whom it is not known', '无法判断的客户数'),
      column('effect_metric_en', 'none', 'What is expected', '预期内容（英文）'),
      column('effect_metric_zh', 'none', 'What is expected, in Chinese', '预期内容'),
      column('unit', 'none', 'Unit of the effect', '效果单位'),
      column('effect', 'number', 'Expected effect', '预期效果'),
      column('effect_low', 'number', 'Expected effect, low end', '预期效果（下限）'),
      column('effect_high', 'number', 'Expected effect, high end', '预期效果（上限）'),
      column('cost', 'money', 'Cost', '成本'),
      column('assumptions', 'none', 'Assumptions', '假设'),
      column('experiment', 'none', 'Experiment that would prove it', '验证实验'),
      column('asked_group', 'none', 'Group that the policy stopped', '被策略拦截的群体'),
      column('asked_reach', 'count', 'Customers of the stopped group', '被拦截群体的客户数'),
      column('stopped_attributes', 'none', 'Attributes that stopped it', '被拦截的属性'),
      column('stopped_paths', 'none', 'Ways to these attributes', '属性的来源路径'),
      column('as_of', 'none', 'As of', '截至'),
      column('logic_hash', 'none', 'Hash of the rule', '规则哈希'),
    ],
  },
  {
    name: 'acquisition_costs',
    label: { en: 'Cost of winning customers', zh: '获客成本' },
    grain: { en: 'attribute, level and month', zh: '属性 × 取值 × 月份' },
    columns: [
      column('attribute', 'none', 'Channel or creative', '渠道或素材'),
      column('level', 'none', 'Level', '取值'),
      column('month', 'none', 'Month', '月份'),
      column('spend', 'money', 'Spent', '投入'),
      column('customers', 'count', 'Customers won', '获得客户数'),
      column('kept', 'count', 'Of these, active at the as-of', '其中截至时仍活跃'),
      column('value_12m', 'money', 'Value within the horizon', '预测期价值'),
      column('recent', 'none', 'Within the last 365 days', '是否在近365天内'),
    ],
  },
  {
    name: 'segment_sets',
    label: { en: 'Sets of segments', zh: '客群组' },
    grain: { en: 'cell of a set', zh: '客群组的单元' },
    columns: [
      column('set', 'none', 'Set', '客群组'),
      column('segment', 'none', 'Segment', '客群'),
      column('cell', 'none', 'Cell', '单元'),
      column('label_en', 'none', 'Label in English', '英文名称'),
      column('label_zh', 'none', 'Label in Chinese', '中文名称'),
    ],
  },
  {
    name: 'recommendation_ledger',
    label: { en: 'What became of recommendations', zh: '建议台账' },
    grain: { en: 'recommendation that somebody decided about', zh: '已有决定的建议' },
    columns: [
      column('key', 'none', 'Recommendation', '建议'),
      column('status', 'none', 'Status', '状态'),
      column('at', 'none', 'Since', '时间'),
      column('run', 'none', 'Run published then', '当时发布的运行'),
      column('reason', 'none', 'Reason', '原因'),
      column('label_en', 'none', 'Name', '名称（英文）'),
      column('label_zh', 'none', 'Name in Chinese', '名称'),
      column('effect_metric_en', 'none', 'What was expected', '预期内容（英文）'),
      column('effect_metric_zh', 'none', 'What was expected, in Chinese', '预期内容'),
      column('unit', 'none', 'Unit of the effect', '效果单位'),
      column('expected', 'number', 'Expected', '预期'),
      column('expected_low', 'number', 'Expected, low end', '预期（下限）'),
      column('expected_high', 'number', 'Expected, high end', '预期（上限）'),
      column('expected_cost', 'money', 'Expected cost', '预期成本'),
      column('realised', 'number', 'Realised', '实现'),
      column('realised_low', 'number', 'Realised, low end', '实现（下限）'),
      column('realised_high', 'number', 'Realised, high end', '实现（上限）'),
      column('realised_cost', 'money', 'Cost', '实际成本'),
      column('evidence', 'none', 'Evidence', '证据'),
    ],
  },
  {
    name: 'changes',
    label: { en: 'Moves since the last report', zh: '与上次报告相比的变动' },
    grain: { en: 'measure, attribute and level', zh: '指标 × 属性 × 取值' },
    columns: [
      column('measure', 'none', 'Measure', '指标'),
      column('attribute', 'none', 'Attribute', '属性'),
      column('level', 'none', 'Level', '取值'),
      column('customers_before', 'count', 'Customers then', '上次客户数'),
      column('customers_now', 'count', 'Customers now', '本次客户数'),
      column('share_before', 'share', 'Share then', '上次占比'),
      column('share_now', 'share', 'Share now', '本次占比'),
      column('mean_before', 'number', 'Mean then', '上次均值'),
      column('mean_now', 'number', 'Mean now', '本次均值'),
    ],
  },
  {
    name: 'segment_changes',
    label: { en: 'Segments then and now', zh: '客群规模变化' },
    grain: { en: 'segment that means the same', zh: '定义未变的客群' },
    columns: [
      column('segment', 'none', 'Segment', '客群'),
      column('customers_before', 'count', 'Customers then', '上次客户数'),
      column('customers_now', 'count', 'Customers now', '本次客户数'),
      column('share_before', 'share', 'Share then', '上次占比'),
      column('share_now', 'share', 'Share now', '本次占比'),
    ],
  },
  {
    name: 'definition_changes',
    label: { en: 'Definitions that changed', zh: '定义变化' },
    grain: { en: 'definition', zh: '定义' },
    columns: [column('definition', 'none', 'Definition', '定义'), column('change', 'none', 'Change', '变化')],
  },
]
