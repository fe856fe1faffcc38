import { ruleMeasures } from './rule-measures.ts'

/** Further measures of A ⇒ B, named as in R's arules. Infinity where one is unbounded; null where it does not exist. */
export type FurtherMeasures = {
  /** P(A, B) over the larger and the smaller of P(A) and P(B). */
  readonly allConfidence: number
  readonly maxConfidence: number
  /** Confidence less P(B). */
  readonly addedValue: number
  /** P(B | A) − P(not B | A). */
  readonly confirmedConfidence: number
  /** P(B | A) less P(B | not A), and over it; null where A is always there. */
  readonly differenceOfConfidence: number | null
  readonly relativeRisk: number | null
  /** Fall of Gini's index of B when A is known. */
  readonly gini: number
  /** Cross-entropy of B given A against B alone, in nats, counted where A is there. */
  readonly jMeasure: number
  /** Cohen's κ of A and B; null where chance always agrees. */
  readonly kappa: number | null
  /** (count + 1) / (count of A + 2). */
  readonly laplace: number
  /** (P(A, B) − P(A, not B)) / P(B). */
  readonly leastContradiction: number
  /** (count − expected) / √expected. */
  readonly lerman: number
  /** Log₂ of the lift, times confidence and times support. */
  readonly oneWaySupport: number
  readonly twoWaySupport: number
  /** P(A, not B). */
  readonly ralambondrainy: number
  /** Support times confidence. */
  readonly rulePowerFactor: number
  /** P(A, B) / P(A, not B). */
  readonly sebag: number
  /** How much more often both agree, and less often differ, than by chance; null where they must agree. */
  readonly collectiveStrength: number | null
  /** 1 − exceptions / examples; null without an example. */
  readonly exampleRate: number | null
  /** √support times the added value. */
  readonly klosgen: number
  /** Goodman and Kruskal's λ: share of errors in guessing B that knowing A saves; null where B is always or never there. */
  readonly lambda: number | null
  /** Lerman's measure of the exceptions: low where A implies B; null where B is always there. */
  readonly implicationIndex: number | null
  /** Log₁₀ of Laplace's confidence over that of not A ⇒ B. */
  readonly importance: number
  /** Lift − 1. */
  readonly varyingLiaison: number
  /** (OR − 1)/(OR + 1), and the same of roots; null where the odds ratio is. */
  readonly yuleQ: number | null
  readonly yuleY: number | null
  /** What A and B tell of each other, in shares of the smaller of their entropies; null where either is always there. */
  readonly mutualInformation: number | null
  /** Mean of P(B | A) and P(not B | not A); null where A is always there. */
  readonly causalConfidence: number | null
  /** P(A, B) + P(not A, not B). */
  readonly causalSupport: number
  /** Distance from independence along the way to the next table with an empty cell; null where that is no way. */
  readonly relativeLinkage: number | null
}

/**
 * Rarer measures of a rule from counts, as `ruleMeasures` takes them.
 * Cost O(1).
 * Source: Tan, Kumar & Srivastava (2004), https://doi.org/10.1016/S0306-4379(03)00072-3; Hahsler's list in arules,
 * https://mhahsler.github.io/arules/docs/measures
 * @throws StatsError `outOfDomain` for counts that cannot be.
 * @example
 * furtherMeasures(30, 40, 50, 100).addedValue // → 0.25
 */
export function furtherMeasures(
  both: number,
  antecedent: number,
  consequent: number,
  n: number,
): FurtherMeasures {
  const {
    support,
    coverage: a,
    consequentSupport: b,
    confidence,
    lift,
    oddsRatio,
  } = ruleMeasures(both, antecedent, consequent, n)
  const without = antecedent < n ? (consequent - both) / (n - antecedent) : null
  const exceptions = (antecedent - both) / n
  const neither = 1 - a - b + support
  const chance = a * b + (1 - a) * (1 - b)
  const information = lift > 0 ? Math.log2(lift) : 0
  const expected = (antecedent * consequent) / n
  const pureness = (p: number): number => p * p + (1 - p) * (1 - p)
  const yule = (odds: number | null): number | null =>
    odds === null ? null : odds === Infinity ? 1 : (odds - 1) / (odds + 1)
  return {
    allConfidence: both / Math.max(antecedent, consequent),
    maxConfidence: both / Math.min(antecedent, consequent),
    addedValue: confidence - b,
    confirmedConfidence: 2 * confidence - 1,
    differenceOfConfidence: without === null ? null : confidence - without,
    relativeRisk:
      without === null ? null : without > 0 ? confidence / without : confidence > 0 ? Infinity : null,
    gini: a * pureness(confidence) + (without === null ? 0 : (1 - a) * pureness(without)) - pureness(b),
    jMeasure: entropyPart(support, confidence, b) + entropyPart(exceptions, 1 - confidence, 1 - b),
    kappa: chance < 1 ? (support + neither - chance) / (1 - chance) : null,
    laplace: (both + 1) / (antecedent + 2),
    leastContradiction: (support - exceptions) / b,
    lerman: (both - expected) / Math.sqrt(expected),
    oneWaySupport: confidence * information,
    twoWaySupport: support * information,
    ralambondrainy: exceptions,
    rulePowerFactor: support * confidence,
    sebag: exceptions > 0 ? support / exceptions : Infinity,
    collectiveStrength: collective(support, neither, chance),
    exampleRate: both > 0 ? (2 * both - antecedent) / both : null,
    klosgen: Math.sqrt(support) * (confidence - b),
    lambda: guessesSaved(both, antecedent, consequent, n),
    implicationIndex: b < 1 ? (Math.sqrt(n) * (exceptions - a * (1 - b))) / Math.sqrt(a * (1 - b)) : null,
    importance: Math.log10((both + 1) / (antecedent + 2) / ((consequent - both + 1) / (n - antecedent + 2))),
    varyingLiaison: lift - 1,
    yuleQ: yule(oddsRatio),
    yuleY: yule(oddsRatio === null ? null : Math.sqrt(oddsRatio)),
    mutualInformation: sharedInformation(both, antecedent, consequent, n),
    causalConfidence: without === null ? null : (confidence + 1 - without) / 2,
    causalSupport: (2 * both + n - antecedent - consequent) / n,
    relativeLinkage: linkage(both, antecedent, consequent, n),
  }
}

function sharedInformation(both: number, antecedent: number, consequent: number, n: number): number | null {
  if (antecedent === n || consequent === n) return null
  const part = (count: number, a: number, b: number): number => entropyPart(count / n, count * n, a * b)
  const entropy = (count: number): number =>
    -entropyPart(count / n, count, n) - entropyPart((n - count) / n, n - count, n)
  const mutual =
    part(both, antecedent, consequent) +
    part(antecedent - both, antecedent, n - consequent) +
    part(consequent - both, n - antecedent, consequent) +
    part(n - antecedent - consequent + both, n - antecedent, n - consequent)
  return mutual / Math.min(entropy(antecedent), entropy(consequent))
}

/** Source: Kenett & Salini (2008), Statistical Analysis and Data Mining 1, https://doi.org/10.1002/sam.10012 */
function linkage(both: number, antecedent: number, consequent: number, n: number): number | null {
  const [onlyA, onlyB] = [antecedent - both, consequent - both]
  const neither = n - both - onlyA - onlyB
  const d = (both * neither - onlyA * onlyB) / n
  const way = d > 0 ? d + Math.min(onlyA, onlyB) : d - Math.min(both, neither)
  return way === 0 ? null : d / way
}

function collective(support: number, neither: number, chance: number): number | null {
  if (!(chance < 1 && chance > 0)) return null
  const agreeing = support + neither
  return agreeing < 1 ? ((agreeing / chance) * (1 - chance)) / (1 - agreeing) : Infinity
}

function guessesSaved(both: number, antecedent: number, consequent: number, n: number): number | null {
  const blind = Math.max(consequent, n - consequent)
  if (blind === n) return null
  const onlyB = consequent - both
  const known = Math.max(both, antecedent - both) + Math.max(onlyB, n - antecedent - onlyB)
  return (known - blind) / (n - blind)
}

/** weight·ln(p / q), 0 at weight 0. */
function entropyPart(weight: number, p: number, q: number): number {
  return weight > 0 ? weight * Math.log(p / q) : 0
}
