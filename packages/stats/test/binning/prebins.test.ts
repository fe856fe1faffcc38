import { createRandom, fitTree, prebinSplits, sampleNormal, type TreeNode } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

function thresholds({ split }: TreeNode): number[] {
  return split ? [...thresholds(split.left), split.threshold!, ...thresholds(split.right)] : []
}

describe('prebins of a tree', () => {
  it('are those of the tree that grows on the column alone, ties and all', () => {
    const random = createRandom(3)
    for (const [task, decimals] of [
      ['classes', 1],
      ['classes', 9],
      ['numbers', 1],
      ['numbers', 9],
    ] as const) {
      const x = Float64Array.from({ length: 700 }, () => Number(sampleNormal(random).toFixed(decimals)))
      const y = x.map((v) => {
        const noisy = Math.sin(2 * v) + sampleNormal(random)
        return task === 'numbers' ? noisy : noisy < -0.5 ? 0 : noisy < 1 ? 1 : 2
      })
      const tree = fitTree(
        { columns: [{ name: 'x', kind: 'number', values: x }], y },
        {
          criterion: task === 'numbers' ? 'variance' : 'gini',
          maximumLeaves: 9,
          minimumLeafRows: 35,
          precision: 'float32',
        },
      )
      const options = { method: 'cart', maximum: 9, minimumShare: 0.05, precision: 'float32', task } as const
      expect(prebinSplits(x, y, options)).toEqual(thresholds(tree.root))
    }
  })
})
