/**
 * First and second derivatives of every row in one double: hessian units · 2²⁶ + gradient units, both whole numbers so
 * small that sums over all rows stay exact. A histogram then needs one addition a row and column instead of two, and
 * subtraction leaves no residue.
 */
export type PackedGradients = {
  readonly packed: Float64Array
  /** What one unit is worth. */
  readonly gradientUnit: number
  readonly hessianUnit: number
}

export const PACK = 2 ** 26
const GOLDEN = 0.6180339887498949
const SILVER = 0.7548776662466927

/**
 * Rounds derivatives to whole units: at a million rows to 32 gradient and 64 hessian steps, at fewer rows to finer ones.
 * Rounding is dithered by a low-discrepancy sequence, so that sums are right though single rows are not.
 * Source: Shi, Ke, Chen, Zheng, Cheng & Liu (2022), "Quantized training of gradient boosting decision trees", NeurIPS.
 */
export function packGradients(
  gradients: Float64Array,
  hessians: Float64Array,
  tree: number,
  into: Float64Array,
): PackedGradients {
  const n = gradients.length
  let largestGradient = 0
  let largestHessian = 0
  for (let i = 0; i < n; i++) {
    const g = Math.abs(gradients[i]!)
    if (g > largestGradient) largestGradient = g
    if (hessians[i]! > largestHessian) largestHessian = hessians[i]!
  }
  const bits = Math.ceil(Math.log2(Math.max(2, n)))
  const gradientSteps = 2 ** Math.max(1, 25 - bits)
  const hessianSteps = 2 ** Math.max(1, 26 - bits)
  const gradientUnit = largestGradient > 0 ? largestGradient / (gradientSteps - 1) : 1
  const hessianUnit = largestHessian > 0 ? largestHessian / (hessianSteps - 1) : 1
  let a = (tree * 0.37) % 1
  let b = (tree * 0.73) % 1
  const [perGradient, perHessian] = [1 / gradientUnit, 1 / hessianUnit]
  for (let i = 0; i < n; i++) {
    a += GOLDEN
    if (a >= 1) a -= 1
    b += SILVER
    if (b >= 1) b -= 1
    into[i] = Math.floor(hessians[i]! * perHessian + b) * PACK + Math.floor(gradients[i]! * perGradient + a)
  }
  return { packed: into, gradientUnit, hessianUnit }
}

/** Hessian units of a packed sum. */
export function hessianUnits(sum: number): number {
  return Math.round(sum * (1 / PACK))
}
