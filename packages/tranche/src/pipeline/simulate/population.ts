import { ageBands, bandOf, oldest, type Parameters, youngest } from './parameters.ts'
import { regionShares } from './regions.ts'

/** A kind of customer and its share of the population. Region and channel are independent of these three. */
export interface Cell {
  readonly gender: number
  readonly creative: number
  readonly age: number
  readonly share: number
}

/** The population that customers are drawn from, listed in full: what is planted is a sum over it, not a sample. */
export interface Population {
  readonly cells: readonly Cell[]
  readonly shareMale: number
  /** Shares of ages from the youngest, by gender and creative. */
  readonly ageShares: readonly (readonly (readonly number[])[])[]
  /** Probability of investing within 30 days is the sum of these. */
  readonly conversion: {
    readonly base: readonly [number, number]
    readonly age: readonly number[]
    readonly creative: readonly number[]
    readonly region: readonly number[]
    readonly channel: readonly number[]
    /** By region and channel; nothing on the mean over either. */
    readonly together: readonly (readonly number[])[]
  }
}

export function populationOf(parameters: Parameters): Population {
  const shareMale = parameters.maleByRank.floor + parameters.maleByRank.slope / 2
  const ages = Array.from({ length: oldest - youngest + 1 }, (_, index) => youngest + index)
  const ageShares = [0, 1].map((gender) =>
    parameters.creativeShares.map((_, creative) =>
      normalise(ages.map((age) => parameters.ageWeight(age, gender, creative))),
    ),
  )
  const cells = [0, 1].flatMap((gender) =>
    parameters.creativeShares.flatMap((creativeShare, creative) =>
      ages.map((age, index) => ({
        gender,
        creative,
        age,
        share:
          (gender === 0 ? shareMale : 1 - shareMale) * creativeShare * ageShares[gender]![creative]![index]!,
      })),
    ),
  )
  return { cells, shareMale, ageShares, conversion: conversionTerms(parameters, cells, ages) }
}

/** Solves the base of each gender so that its marginal rate is the planted one whatever ages it has. */
function conversionTerms(parameters: Parameters, cells: readonly Cell[], ages: readonly number[]) {
  const { conversion } = parameters
  const age = ages.map(conversion.age)
  const creative = centre(conversion.creative, parameters.creativeShares)
  const extra = (cell: Cell): number => age[cell.age - youngest]! + creative[cell.creative]!
  const base = [0, 1].map(
    (gender) => conversion.byGender[gender]! - meanOver(cells, extra, (cell) => cell.gender === gender),
  ) as [number, number]
  return {
    base,
    age,
    creative,
    region: centre(conversion.region, regionShares),
    channel: centre(conversion.channel, parameters.channelShares),
    together: together(parameters),
  }
}

/** Centred in both directions, so that the rate of every region and every channel stays what it is without it. */
function together({ conversion, channelShares }: Parameters): readonly (readonly number[])[] {
  const { region, channel, extra } = conversion.together
  const scale = extra / ((1 - regionShares[region]!) * (1 - channelShares[channel]!))
  return regionShares.map((_, own) => {
    const here = (own === region ? 1 : 0) - regionShares[region]!
    return channelShares.map(
      (__, other) => scale * here * ((other === channel ? 1 : 0) - channelShares[channel]!),
    )
  })
}

/** Rate of a cell over all regions and channels, whose terms cancel there. */
export function cellConversion(population: Population, cell: Cell): number {
  const { base, age, creative } = population.conversion
  return base[cell.gender]! + age[cell.age - youngest]! + creative[cell.creative]!
}

/** Mean of a quantity over the part of the population for which a condition holds. */
export function meanOver(
  cells: readonly Cell[],
  quantity: (cell: Cell) => number,
  condition: (cell: Cell) => boolean = () => true,
): number {
  let sum = 0
  let weight = 0
  for (const cell of cells)
    if (condition(cell)) {
      sum += cell.share * quantity(cell)
      weight += cell.share
    }
  if (weight === 0) throw new RangeError('No cell of the population satisfies the condition.')
  return sum / weight
}

/** Share of the population for which a condition holds. */
export function shareOf(cells: readonly Cell[], condition: (cell: Cell) => boolean): number {
  return meanOver(cells, (cell) => (condition(cell) ? 1 : 0))
}

/** Mean over a group of a rate that depends on age band and risk tier, weighted by who is in which tier. */
export function meanByTier(
  parameters: Parameters,
  population: Population,
  rateOfTier: (tier: number) => number,
  condition?: (cell: Cell) => boolean,
): number {
  const byBand = ageBands.map((_, band) =>
    parameters.tierByBand[band]!.reduce((sum, share, tier) => sum + share * rateOfTier(tier), 0),
  )
  return meanOver(population.cells, (cell) => byBand[bandOf(cell.age)]!, condition)
}

/** Lowest and highest probability that any customer has; both must be probabilities for sums to be exact. */
export function conversionRange(population: Population): readonly [number, number] {
  const { conversion } = population
  const lowest = (values: readonly number[]) => Math.min(...values)
  const highest = (values: readonly number[]) => Math.max(...values)
  const places = conversion.region.flatMap((region, own) =>
    conversion.channel.map((channel, other) => region + channel + conversion.together[own]![other]!),
  )
  const parts = [conversion.base, conversion.age, conversion.creative, places]
  return [
    parts.reduce((sum, part) => sum + lowest(part), 0),
    parts.reduce((sum, part) => sum + highest(part), 0),
  ]
}

function centre(values: readonly number[], shares: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value, index) => sum + value * shares[index]!, 0)
  return values.map((value) => value - mean)
}

function normalise(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}
