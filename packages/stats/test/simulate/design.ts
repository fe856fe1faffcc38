import { createRandom, type RandomGenerator, StatsError } from '@tranche/stats'

/** One replication: planted truth inside the interval (or test rejected), or null where the method refused. */
export interface Design {
  readonly name: string
  /** Rows of one replication and whatever else a reader needs to judge it. */
  readonly setting: string
  /**
   * `coverage` of a nominal 95% interval, `rejection` of a nominal 5% test under its null, or `anytime`: covered at every
   * look at once, by at least 95%.
   */
  readonly kind: 'coverage' | 'rejection' | 'anytime'
  readonly run: (random: RandomGenerator) => readonly boolean[]
  /** Names of what `run` returns, in order. */
  readonly parts: readonly string[]
}

export interface SimulationResult {
  readonly name: string
  readonly part: string
  readonly share: number
  readonly replications: number
  readonly refused: number
  readonly good: boolean
}

/** Runs a design; every replication has a random stream of its own, so results do not depend on order. */
export function simulate(design: Design, replications: number, seed: number): SimulationResult[] {
  const counts = new Float64Array(design.parts.length)
  let refused = 0
  const root = createRandom(seed)
  for (let k = 0; k < replications; k++)
    try {
      design.run(root.stream(k)).forEach((hit, i) => {
        if (hit) counts[i]!++
      })
    } catch (error) {
      if (!(error instanceof StatsError)) throw error
      refused++
    }
  const usable = replications - refused
  // Bounds of the issue at 2,000 replications; fewer replications get their binomial slack on top.
  const slack = Math.max(0, 3 * Math.sqrt((0.95 * 0.05) / usable) - 3 * Math.sqrt((0.95 * 0.05) / 2000))
  return design.parts.map((part, i) => {
    const share = counts[i]! / usable
    const coverage = design.kind === 'rejection' ? 1 - share : share
    const most = design.kind === 'anytime' ? 1 : 0.97 + slack
    // Two in a thousand of runs at exactly 95% fall below three errors.
    const least = design.kind === 'anytime' ? 0.95 - 3 * Math.sqrt((0.95 * 0.05) / usable) : 0.93 - slack
    return {
      name: design.name,
      part,
      share,
      replications: usable,
      refused,
      good: coverage >= least && coverage <= most && refused < 0.02 * replications,
    }
  })
}
