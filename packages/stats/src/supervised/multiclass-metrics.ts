import { requireLevel, requireProbability, StatsError } from '../stats-error.ts'
import { rankingMetrics } from './ranking-metrics.ts'

/**
 * Mean log loss of predicted probabilities of several classes.
 * In nats, ≥ 0; a row whose probabilities do not add up to 1 is divided by its sum; `clip` moves them that far from 0 and
 * 1 first.
 * Cost O(n·k).
 * Source: Good (1952), https://doi.org/10.1111/j.2517-6161.1952.tb00104.x
 * Parity: scikit-learn's `log_loss`.
 * @param y classes 0…k−1, length n.
 * @param probabilities row-major n×k.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`.
 * @example
 * multiclassLogLoss([0, 2], [0.7, 0.2, 0.1, 0.1, 0.3, 0.6], 3) // → 0.4337503
 */
export function multiclassLogLoss(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  clip = 0,
): number {
  requireClassRows(y, probabilities, classes)
  let sum = 0
  for (let i = 0; i < y.length; i++) {
    let total = 0
    for (let c = 0; c < classes; c++) total += probabilities[i * classes + c]!
    if (!(total > 0)) throw new StatsError('outOfDomain', `The probabilities of row ${i} are all 0.`)
    sum -= Math.log(Math.min(1 - clip, Math.max(clip, probabilities[i * classes + y[i]!]! / total)))
  }
  return sum / y.length
}

/**
 * Mean squared distance of predicted probabilities of several classes from what came, summed over classes: 0 … 2.
 * `y` holds classes 0…k−1, length n; `probabilities` are row-major n×k.
 * Cost O(n·k).
 * Source: Brier (1950), https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`.
 * @example
 * multiclassBrier([0, 2], [0.7, 0.2, 0.1, 0.1, 0.3, 0.6], 3) // → 0.2
 */
export function multiclassBrier(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): number {
  requireClassRows(y, probabilities, classes)
  let sum = 0
  for (let k = 0; k < probabilities.length; k++)
    sum += (probabilities[k]! - (y[Math.floor(k / classes)] === k % classes ? 1 : 0)) ** 2
  return sum / y.length
}

/**
 * AUC for several classes: the mean over classes of each against the rest (`ovr`), or over pairs of classes (`ovo`, Hand
 * and Till's M when unweighted).
 * Range: [0, 1].
 * Cost O(k·n log n), for pairs O(k²·n log n).
 * Source: Hand & Till (2001), eq. 7, https://doi.org/10.1023/A:1010920819831; Provost & Domingos (2000) for the rest.
 * Parity: scikit-learn's `roc_auc_score(multi_class=)`.
 * @param average `macro` counts classes or pairs alike, `weighted` by their rows.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `oneClass` for a class without rows.
 * @example
 * multiclassAuc([0, 1, 2, 2], [0.6, 0.3, 0.1, 0.3, 0.4, 0.3, 0.5, 0.2, 0.3, 0.2, 0.2, 0.6], 3, { compare: 'ovr' }) // → 0.9583333
 */
export function multiclassAuc(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  options: { readonly compare: 'ovr' | 'ovo'; readonly average?: 'macro' | 'weighted' },
): number {
  requireClassRows(y, probabilities, classes)
  const { compare, average = 'macro' } = options
  const n = y.length
  const counts = new Float64Array(classes)
  for (let i = 0; i < n; i++) counts[y[i]!]!++
  const auc = (positive: number, rows: readonly number[]): number =>
    rankingMetrics(
      rows.map((i) => (y[i] === positive ? 1 : 0)),
      rows.map((i) => probabilities[i * classes + positive]!),
    ).auc
  const all = Array.from({ length: n }, (_, i) => i)
  let [sum, weight] = [0, 0]
  const add = (value: number, rows: number): void => {
    const w = average === 'weighted' ? rows : 1
    sum += w * value
    weight += w
  }
  for (let a = 0; a < classes; a++) {
    if (compare === 'ovr') add(auc(a, all), counts[a]!)
    else
      for (let b = a + 1; b < classes; b++) {
        const rows = all.filter((i) => y[i] === a || y[i] === b)
        add((auc(a, rows) + auc(b, rows)) / 2, rows.length)
      }
  }
  return sum / weight
}

/**
 * Share of rows whose class is among the k likeliest; a tie at the edge counts against the row.
 * Range: [0, 1].
 * Cost O(n·classes).
 * Source: definition, as scikit-learn's `top_k_accuracy_score`, https://scikit-learn.org/stable/modules/generated/sklearn.metrics.top_k_accuracy_score.html
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `invalidOption`.
 * @example
 * topAccuracy([0, 2], [0.7, 0.2, 0.1, 0.5, 0.3, 0.2], 3, 2) // → 0.5
 */
export function topAccuracy(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  k: number,
): number {
  requireClassRows(y, probabilities, classes)
  if (!(Number.isInteger(k) && k >= 1 && k <= classes))
    throw new StatsError('invalidOption', `k is ${k}; a whole number from 1 to ${classes} was expected.`)
  let right = 0
  for (let i = 0; i < y.length; i++) {
    const own = probabilities[i * classes + y[i]!]!
    let before = 0
    for (let c = 0; c < classes; c++) if (c !== y[i] && probabilities[i * classes + c]! >= own) before++
    if (before < k) right++
  }
  return right / y.length
}

function requireClassRows(y: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): void {
  requireLevel('1 / classes', 1 / classes)
  if (y.length === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  if (probabilities.length !== y.length * classes)
    throw new StatsError(
      'lengthMismatch',
      `There are ${probabilities.length} probabilities; ${y.length} rows × ${classes} classes were expected.`,
    )
  for (let i = 0; i < y.length; i++)
    if (!(Number.isInteger(y[i]!) && y[i]! >= 0 && y[i]! < classes))
      throw new StatsError(
        'outOfDomain',
        `The class of row ${i} is ${y[i]}; 0 to ${classes - 1} were expected.`,
      )
  for (let k = 0; k < probabilities.length; k++) requireProbability(`probability ${k}`, probabilities[k]!)
}
