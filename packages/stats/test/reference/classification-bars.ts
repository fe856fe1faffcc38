import * as S from '@tranche/stats'
import { numbers, type ReferenceCase, type Rule, readColumns, readInput } from './adapter.ts'

// Learners judged by cross-validation.

type Table = Record<string, string[]>
/** One-hot columns as pandas makes them: numbers as they are, one column a level otherwise. */
const semicolons = (file: string): Table => {
  const [head, ...lines] = readInput(file).trim().replaceAll(/["\r]/g, '').split('\n')
  const rows = lines.map((line) => line.split(';'))
  return Object.fromEntries(head!.split(';').map((name, k) => [name, rows.map((row) => row[k]!)]))
}
const encoded = (c: ReferenceCase) => {
  const t = c.input.file.includes('bank') ? semicolons(c.input.file) : readColumns(c.input.file)
  const [target, positive] = /^(\w+)=(\w+)/.exec(c.params.positive)!.slice(1) as [string, string]
  const y = Float64Array.from(t[target]!, (v) => Number(v === positive))
  const keep = Object.keys(t).filter(
    (name) =>
      name !== target &&
      name !== 'ID' &&
      !(c.params.positive.includes('duration dropped') && name === 'duration'),
  )
  const columns = keep.flatMap((name): { name: string; kind: 'number'; values: Float64Array }[] => {
    const values = numbers(t[name]!)
    if (!values.some(Number.isNaN)) return [{ name, kind: 'number', values }]
    return [...new Set(t[name]!)].sort().map((level) => ({
      name: `${name}_${level}`,
      kind: 'number',
      values: Float64Array.from(t[name]!, (v) => Number(v === level)),
    }))
  })
  return { columns, y }
}
type Data = ReturnType<typeof encoded>
const take = ({ columns, y }: Data, rows: Uint32Array): Data => ({
  columns: columns.map((k) => ({ ...k, values: Float64Array.from(rows, (i) => k.values[i]!) })),
  y: Float64Array.from(rows, (i) => y[i]!),
})
const matrix = ({ columns, y }: Data): S.Rows => ({
  data: Float64Array.from(
    { length: y.length * columns.length },
    (_, at) => columns[at % columns.length]!.values[Math.floor(at / columns.length)]!,
  ),
  n: y.length,
  p: columns.length,
})

const learners: Record<string, (train: Data, test: Data) => Float64Array> = {
  logistic_l2_C1_std: (train, test) => {
    const varying = train.columns.map((k) => new Set(k.values).size > 1)
    const [a, b] = [train, test].map((d) => matrix({ ...d, columns: d.columns.filter((_, j) => varying[j]) }))
    const scale = S.fitStandardisation(a!, 0)
    const model = S.fitElasticNet(
      { x: S.standardise(a!, scale), y: train.y },
      { family: 'binomial', alpha: 0, lambda: 1 / train.y.length, standardise: false },
    )
    return S.predictGlm(model, S.standardise(b!, scale))
  },
  tree_depth5: (train, test) => {
    const shares = S.predictTree(S.fitTree(train, { criterion: 'gini', maximumDepth: 5 }), test.columns)
    return test.y.map((_, i) => shares[2 * i + 1]!)
  },
  rf_200: (train, test) =>
    S.predictForest(
      S.fitForest(train, {
        task: 'classification',
        trees: 200,
        random: S.createRandom(1),
        minimumLeafRows: 5,
      }),
      test.columns,
    ),
  hgb_default: (train, test) =>
    S.predictBoosting(S.fitBoosting(train, { objective: { kind: 'binary' }, trees: 100 }), test.columns),
  'hgb_lr.05_150_l15': (train, test) =>
    S.predictBoosting(
      S.fitBoosting(train, { objective: { kind: 'binary' }, trees: 150, learningRate: 0.05, leaves: 15 }),
      test.columns,
    ),
  'xgb_200_d4_lr.05_hist': (train, test) =>
    S.predictBoosting(
      S.fitBoosting(train, {
        objective: { kind: 'binary' },
        trees: 200,
        learningRate: 0.05,
        leaves: 16,
        maximumDepth: 4,
        lambda: 1,
        minimumHessian: 1,
      }),
      test.columns,
    ),
}
export const bar = (c: ReferenceCase) => {
  const data = encoded(c)
  const pooled = new Float64Array(data.y.length)
  const aucs = S.kFolds(data.y.length, 5).map(({ train, test }) => {
    const p = learners[c.params.model]!(take(data, train), take(data, test))
    test.forEach((row, i) => {
      pooled[row] = p[i]!
    })
    return S.rankingMetrics(take(data, test).y, p).auc
  })
  const all = S.rankingMetrics(data.y, pooled)
  return {
    auc_mean: S.summarizeSample(aucs).mean,
    auc_folds: aucs,
    auc_pooled: all.auc,
    brier: S.brierScore(data.y, pooled).score,
    logloss: S.logLoss(data.y, pooled, { clip: 1e-15 }),
    ks_pooled: all.ks,
    pr_auc: all.averagePrecision,
  }
}
/** The case sets a bar on the mean AUC, .005 below the peer's; the other figures only must not be of another kind. */
export const barRules = (model: string) =>
  ({
    auc_mean: (model.startsWith('logistic') ? ['abs', 5e-4] : ['notBelow', 0.005]) as Rule,
    auc_folds: ['notBelow', 0.05],
    auc_pooled: ['notBelow', 0.05],
    brier: ['notAbove', 0.2],
    logloss: ['notAbove', 0.2],
    ks_pooled: ['notBelow', 0.2],
    pr_auc: ['notBelow', 0.2],
  }) as const
export const bars = [
  'taiwan.logistic_l2_C1_std',
  'taiwan.tree_depth5',
  'taiwan.rf_200',
  'bank_full.logistic_l2_C1_std',
  'bank_full.hgb_default',
  ...['hgb_default', 'hgb_lr.05_150_l15', 'xgb_200_d4_lr.05_hist'].map(
    (m) => `bank_additional_no_duration.${m}`,
  ),
  ...['tree_depth5', 'hgb_default', 'xgb_200_d4_lr.05_hist'].map((m) => `german.${m}`),
  ...['logistic_l2_C1_std', 'hgb_default', 'hgb_lr.05_150_l15'].map((m) => `breast_cancer.${m}`),
]
