import {
  boostingShap,
  type Columns,
  categoryColumn,
  createRandom,
  ensembleExpression,
  evaluateExpression,
  type FlatTree,
  fitBoosting,
  fitForest,
  fitTree,
  predictBoosting,
  predictForest,
  predictTree,
  pruneTree,
  pruningSequence,
  type RandomGenerator,
  rankingMetrics,
  sampleNormal,
  type TreeColumn,
  treeExpression,
  treeImportance,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function mixed(n: number, random: RandomGenerator, missing = 0.1) {
  const number = (name: string): TreeColumn => ({
    name,
    kind: 'number',
    values: Float64Array.from({ length: n }, () => Math.round(sampleNormal(random) * 10) / 10),
    valid: Uint8Array.from({ length: n }, () => (random.uniform() < missing ? 0 : 1)),
  })
  const levels = ['上海', 'Ghent', 'Lima', 'Oslo']
  const words = Array.from({ length: n }, () =>
    random.uniform() < missing ? null : levels[Math.floor(4 * random.uniform())]!,
  )
  const city = categoryColumn('city', words, levels)
  const columns = [number('a'), number('b'), city]
  const [a, b] = columns as [Extract<TreeColumn, { kind: 'number' }>, Extract<TreeColumn, { kind: 'number' }>]
  const signal = Float64Array.from(
    { length: n },
    (_, i) =>
      (a.valid![i] ? a.values[i]! : 1) +
      (b.values[i]! > 0 ? 1 : 0) +
      (city.kind === 'category' && city.codes[i] === 2 ? 1.5 : 0),
  )
  return { columns, signal, y: signal.map((s) => Number(s + sampleNormal(random) > 1)) }
}

const asColumns = (columns: readonly TreeColumn[], n: number): Columns => ({
  n,
  columns: Object.fromEntries(
    columns.map((c) => [
      c.name,
      c.kind === 'number'
        ? { kind: 'number' as const, values: c.values, ...(c.valid ? { valid: c.valid } : {}) }
        : { kind: 'text' as const, values: Array.from(c.codes, (code) => c.levels[code] ?? null) },
    ]),
  ),
})

describe('trees', () => {
  it('of two values of one column are cut midway, and predict the shares of their sides', () => {
    const model = fitTree(
      {
        columns: [{ name: 'x', kind: 'number', values: Float64Array.of(1, 1, 4, 4) }],
        y: Float64Array.of(0, 1, 1, 1),
      },
      { criterion: 'gini' },
    )
    expect(model.root.split!.threshold).toBe(2.5)
    expect([...predictTree(model, [{ name: 'x', kind: 'number', values: Float64Array.of(0, 9) }])]).toEqual([
      0.5, 0.5, 0, 1,
    ])
  })

  it('find the best split there is', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 20 }), (rows) => {
        const values = Float64Array.from(rows, ([x]) => x)
        const y = Float64Array.from(rows, ([, v]) => v)
        const model = fitTree(
          { columns: [{ name: 'x', kind: 'number', values }], y },
          { criterion: 'variance', maximumDepth: 1 },
        )
        const sse = (keep: (x: number) => boolean) => {
          const part = y.filter((_, i) => keep(values[i]!))
          const mean = part.reduce((s, v) => s + v, 0) / part.length
          return part.reduce((s, v) => s + (v - mean) ** 2, 0)
        }
        const gains = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
          .filter((t) => values.some((x) => x <= t) && values.some((x) => x > t))
          .map((t) => sse(() => true) - sse((x) => x <= t) - sse((x) => x > t))
        expect(model.root.split?.gain ?? 0).toBeCloseTo(Math.max(0, ...gains), 8)
      }),
    )
  })

  it('group levels as well as any grouping could', () => {
    const values = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']
    const y = Float64Array.of(1, 1, 0, 0, 1, 0, 0, 0)
    const model = fitTree(
      { columns: [categoryColumn('k', values)], y },
      { criterion: 'gini', maximumDepth: 1 },
    )
    expect(new Set(model.root.split!.levels)).toEqual(new Set(['b', 'd']))
  })

  it('shrink along their pruning sequence down to the root', () => {
    const random = createRandom(3)
    const { columns, y } = mixed(400, random)
    const model = fitTree({ columns, y }, { criterion: 'gini', minimumLeafRows: 5 })
    const steps = pruningSequence(model, 0, 'misclassification')
    expect(steps[0]!.splits).toBe(0)
    expect(steps[0]!.relativeError).toBe(1)
    steps.slice(1).forEach((s, i) => {
      expect(s.splits).toBeGreaterThan(steps[i]!.splits)
      expect(s.relativeError).toBeLessThan(steps[i]!.relativeError)
    })
    expect(pruneTree(model, 1e9, 'misclassification').leaves).toBe(1)
    expect(treeImportance(model).reduce((s, i) => s + i.share, 0)).toBeCloseTo(1, 12)
  })

  it('turn into expressions that agree with them, missing values and unseen words included', () => {
    const random = createRandom(4)
    const { columns, y, signal } = mixed(500, random)
    const later = mixed(200, random).columns.map((c) =>
      c.name === 'city'
        ? categoryColumn(
            'city',
            Array.from({ length: 200 }, (_, i) => ['上海', 'Quito', null][i % 3]!),
          )
        : c,
    )
    const data = asColumns(later, 200)
    const tree = fitTree({ columns, y }, { criterion: 'gini', maximumDepth: 5 })
    const direct = predictTree(tree, later)
    expect([...evaluateExpression(treeExpression(tree), data).values]).toEqual(
      Array.from({ length: 200 }, (_, i) => direct[2 * i + 1]),
    )
    const forest = fitForest(
      { columns, y: signal },
      { task: 'regression', trees: 5, random: createRandom(1) },
    )
    const mean = predictForest(forest, later)
    evaluateExpression(ensembleExpression(forest), data).values.forEach((v, i) => {
      expect(v).toBeCloseTo(mean[i]!, 12)
    })
    const boosted = fitBoosting({ columns, y }, { objective: { kind: 'binary' }, trees: 12 })
    const p = predictBoosting(boosted, later)
    evaluateExpression(ensembleExpression(boosted), data).values.forEach((v, i) => {
      expect(v).toBeCloseTo(p[i]!, 12)
    })
  })
})

describe('boosting', () => {
  const random = createRandom(11)
  const { columns, y, signal } = mixed(3000, random)
  const later = mixed(1500, random)

  it('learns, repeats itself, and says what it lost', () => {
    const fit = () =>
      fitBoosting(
        { columns, y },
        {
          objective: { kind: 'binary' },
          trees: 60,
          rowShare: 0.7,
          columnShare: 0.7,
          random: createRandom(5),
        },
      )
    const model = fit()
    expect(fit()).toEqual(model)
    expect(rankingMetrics(later.y, predictBoosting(model, later.columns)).auc).toBeGreaterThan(0.85)
  })

  it('stops early where more trees no longer help', () => {
    const model = fitBoosting(
      { columns, y },
      {
        objective: { kind: 'binary' },
        trees: 400,
        learningRate: 0.3,
        earlyStopping: { data: later, rounds: 10 },
      },
    )
    expect(model.diagnostics.status).toBe('stoppedEarly')
    const losses = model.diagnostics.validationLoss
    expect(losses[model.trees.length - 1]).toBe(Math.min(...losses))
  })

  it('obeys monotone constraints everywhere', () => {
    const model = fitBoosting(
      {
        columns,
        y: signal.map((s, i) => s - 3 * Math.sin(3 * (columns[1] as { values: Float64Array }).values[i]!)),
      },
      { objective: { kind: 'regression' }, trees: 50, monotone: { b: 1 } },
    )
    const grid = Float64Array.from({ length: 200 }, (_, i) => -3 + i * 0.03)
    for (const a of [-1, 0, 2]) {
      const at: TreeColumn[] = [
        { name: 'a', kind: 'number', values: grid.map(() => a) },
        { name: 'b', kind: 'number', values: grid },
        categoryColumn(
          'city',
          Array.from(grid, () => 'Lima'),
        ),
      ]
      const values = predictBoosting(model, at)
      for (let i = 1; i < 200; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]! - 1e-12)
    }
  })

  it('lets only columns of one group meet on a path', () => {
    const model = fitBoosting(
      { columns, y },
      { objective: { kind: 'binary' }, trees: 30, interactions: [['a', 'city'], ['b']] },
    )
    const paths = (tree: FlatTree, node: number, seen: ReadonlySet<number>): void => {
      if (tree.feature[node]! < 0) {
        expect(seen.has(1) && seen.size > 1).toBe(false)
        return
      }
      const next = new Set([...seen, tree.feature[node]!])
      paths(tree, tree.left[node]!, next)
      paths(tree, tree.right[node]!, next)
    }
    for (const tree of model.trees) paths(tree, 0, new Set())
  })

  it('finds quantiles and rates', () => {
    const q = fitBoosting(
      { columns, y: signal.map((s) => s + sampleNormal(random)) },
      { objective: { kind: 'quantile', level: 0.9 }, trees: 60 },
    )
    const noisy = later.signal.map((s) => s + sampleNormal(random))
    const predicted = predictBoosting(q, later.columns)
    expect(noisy.filter((v, i) => v <= predicted[i]!).length / noisy.length).toBeCloseTo(0.9, 1)
    const counts = signal.map((s) => Math.max(0, Math.round(Math.exp(s / 2))))
    const rate = fitBoosting({ columns, y: counts }, { objective: { kind: 'poisson' }, trees: 50 })
    const mean = predictBoosting(rate, columns)
    expect(mean.reduce((s, v) => s + v, 0) / counts.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 2)
  })

  it('refuses one class and drawing without a generator', () => {
    expect(() =>
      fitBoosting({ columns, y: new Float64Array(3000) }, { objective: { kind: 'binary' }, trees: 2 }),
    ).toThrow(expect.objectContaining({ code: 'oneClass' }))
    expect(() =>
      fitBoosting({ columns, y }, { objective: { kind: 'binary' }, trees: 2, rowShare: 0.5 }),
    ).toThrow(expect.objectContaining({ code: 'invalidOption' }))
  })
})

describe('Shapley values', () => {
  it('are those of the definition, and add up to the raw score', () => {
    const random = createRandom(21)
    const n = 300
    const columns: TreeColumn[] = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      kind: 'number',
      values: Float64Array.from({ length: n }, () => sampleNormal(random)),
    }))
    const at = (j: number, i: number) => (columns[j] as { values: Float64Array }).values[i]!
    const y = Float64Array.from({ length: n }, (_, i) => at(0, i) * at(1, i) + Math.max(0, at(2, i)))
    const model = fitBoosting(
      { columns, y },
      { objective: { kind: 'regression' }, trees: 4, leaves: 8, minimumLeafRows: 5 },
    )
    const shap = boostingShap(model, columns)
    const raw = predictBoosting(model, columns, 'raw')
    /** Mean prediction when only some columns are known: absent ones follow the training shares. */
    const partial = (tree: FlatTree, node: number, row: number, known: number): number => {
      const f = tree.feature[node]!
      if (f < 0) return tree.value[node]!
      const [l, r] = [tree.left[node]!, tree.right[node]!]
      if (known & (1 << f)) return partial(tree, at(f, row) <= tree.threshold[node]! ? l : r, row, known)
      const whole = tree.cover[l]! + tree.cover[r]!
      return (
        (tree.cover[l]! * partial(tree, l, row, known) + tree.cover[r]! * partial(tree, r, row, known)) /
        whole
      )
    }
    const factorial = [1, 1, 2, 6, 24]
    for (const row of [0, 7, 42]) {
      const value = (known: number) =>
        model.trees.reduce((s, tree) => s + partial(tree, 0, row, known), model.base)
      for (let j = 0; j < 4; j++) {
        let expected = 0
        for (let s = 0; s < 16; s++) {
          if (s & (1 << j)) continue
          const size = [0, 1, 2, 3].filter((k) => s & (1 << k)).length
          expected += ((factorial[size]! * factorial[3 - size]!) / 24) * (value(s | (1 << j)) - value(s))
        }
        expect(shap.values[row * 4 + j]).toBeCloseTo(expected, 10)
      }
      const total = shap.base + [0, 1, 2, 3].reduce((s, j) => s + shap.values[row * 4 + j]!, 0)
      expect(total).toBeCloseTo(raw[row]!, 10)
    }
  })
})

describe('forests', () => {
  it('learn, and judge themselves by rows that a tree has not seen', () => {
    const random = createRandom(31)
    const { columns, y } = mixed(1500, random)
    const later = mixed(1500, random)
    const model = fitForest(
      { columns, y },
      { task: 'classification', trees: 40, random: createRandom(2), minimumLeafRows: 5 },
    )
    const p = predictForest(model, later.columns)
    expect(rankingMetrics(later.y, p).auc).toBeGreaterThan(0.85)
    const brier = p.reduce((s, v, i) => s + (v - later.y[i]!) ** 2, 0) / p.length
    expect(model.diagnostics.outOfBagError / brier).toBeCloseTo(1, 0)
    expect(model.diagnostics.outOfBagShare).toBe(1)
  })
})
