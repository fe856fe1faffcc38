import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrancheError } from '../../errors.ts'
import { periodOf } from './calendar.ts'
import { dirtySources } from './dirt.ts'
import { TextFiles } from './files.ts'
import { channels, creatives, type Effects, plantedParameters } from './parameters.ts'
import { populationOf } from './population.ts'
import type { PartResult } from './shard.ts'
import type { Counts, Part, Recipe } from './shard-state.ts'
import { writeSmallFiles } from './small-files.ts'
import { surveyQuestions } from './survey.ts'
import { writeSurvey } from './survey-file.ts'
import { buildTruth, type Truth } from './truth.ts'
import { fillParts } from './workers.ts'
import { writeWorkspace } from './workspace-files.ts'

export interface SimulateOptions {
  /** Folder to write into: tranche.yaml, sources/, data/ and truth.json. */
  readonly dir: string
  /** 100 to 20,000,000; 20,000 where not given. */
  readonly customers?: number
  /** Months of history up to the end of June 2025, 6 to 60; 24 where not given. */
  readonly months?: number
  /** Whole number from 0; the same seed gives the same bytes. */
  readonly seed?: number
  /** Dirty rows as a share of the genuine ones, 0 to 0.2; 0.01 where not given. */
  readonly dirt?: number
  readonly effects?: Effects
  /** Mean number of transactions of a customer: 20 and more; by default 75 for small institutions, 20 for large. */
  readonly transactionsPerCustomer?: number
  /** Threads; all by default. The files don't depend on it. */
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly progress?: (event: SimulationProgress) => void
}

export interface SimulationProgress {
  readonly customers: number
  readonly of: number
}

export interface SimulationSummary {
  readonly dir: string
  readonly truth: Truth
  /** Rows in the files by source, planted ones included. */
  readonly rows: Readonly<Record<string, number>>
}

/**
 * Writes a simulated institution: its files as it would hand them over, the workspace that maps them, and the
 * truth that was planted in them. Equal options give equal bytes, whatever the number of threads.
 *
 * @throws TrancheError `invalid_input` for an option out of range or a folder that holds something else,
 * `cancelled` when the signal says so
 */
export async function simulate(options: SimulateOptions): Promise<SimulationSummary> {
  const recipe = recipeOf(options)
  const dataFolder = join(options.dir, 'data')
  refuseForeignFolder(options.dir)
  await mkdir(dataFolder, { recursive: true })
  const parts = partsOf(recipe)
  const texts = await TextFiles.create(dataFolder)
  const total = new Totals(recipe)
  try {
    await fillParts(recipe, parts, dataFolder, options, async (result) => {
      await texts.append(result.part, result.texts)
      total.add(result)
      const part = parts[result.part]!
      options.progress?.({ customers: part.to - part.from, of: recipe.customers })
    })
  } finally {
    await texts.close()
  }
  return await finish(options.dir, recipe, total)
}

async function finish(dir: string, recipe: Recipe, total: Totals): Promise<SimulationSummary> {
  const dataFolder = join(dir, 'data')
  const parameters = plantedParameters(recipe.effects)
  const small = await writeSmallFiles(
    dataFolder,
    periodOf(recipe.months),
    parameters,
    total.won,
    total.rows['contacts'] ?? 0,
  )
  const survey = await writeSurvey(join(dataFolder, 'survey.xlsx'), total.survey())
  await writeWorkspace(dir)
  const truth = buildTruth({
    recipe,
    parameters,
    population: populationOf(parameters),
    // The mapping makes a row of every answer.
    rows: { ...total.rows, ...small, survey: survey * surveyQuestions.length },
    dirt: total.dirt,
    identity: total.identity,
    drawn: total.drawn,
    groups: total.groups(),
  })
  await writeFile(join(dir, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`)
  return {
    dir,
    truth,
    rows: Object.fromEntries(truth.sources.map(({ source, read }) => [source, read])),
  }
}

/** Counts over all parts; sums of whole numbers, so their order doesn't matter. */
class Totals {
  readonly won: Int32Array
  readonly rows: Record<string, number> = {}
  readonly dirt: Record<string, number[]> = {}
  readonly identity = { matched: 0, appOnly: 0, shared: 0 }
  readonly drawn: Counts = { buyers: 0, investorsWithCard: 0, underMonetised: 0, highNetWorth: 0 }
  readonly #survey = new Map<number, readonly number[]>()
  readonly #groups = new Map<number, readonly number[]>()

  constructor(recipe: Recipe) {
    this.won = new Int32Array(recipe.months * channels.length * creatives.length)
  }

  add(result: PartResult): void {
    result.won.forEach((count, index) => {
      this.won[index]! += count
    })
    for (const source of dirtySources) {
      this.rows[source] = (this.rows[source] ?? 0) + result.rows[source]!
      const counts = result.dirt[source]!
      this.dirt[source] = counts.map((count, index) => count + (this.dirt[source]?.[index] ?? 0))
    }
    this.identity.matched += result.identity.matched
    this.identity.appOnly += result.identity.appOnly
    this.identity.shared += result.identity.shared
    for (const name of Object.keys(this.drawn) as (keyof Counts)[]) this.drawn[name] += result.drawn[name]
    this.#survey.set(result.part, result.survey)
    this.#groups.set(result.part, result.groups)
  }

  /** Mindset and behaviour of each customer, in turn. */
  groups(): readonly number[] {
    return [...this.#groups].sort(([a], [b]) => a - b).flatMap(([, groups]) => groups)
  }

  /** Answers in the order of the customers. */
  survey(): readonly number[] {
    return [...this.#survey].sort(([a], [b]) => a - b).flatMap(([, answers]) => answers)
  }
}

const transactionsPerPart = 1_000_000
/** From here on two workers are quicker than one. */
const worthTwoParts = 375_000
const mostParts = 64
/** Customers come in the order in which they joined; how much more there is of the first than of the last, who have just come. */
const firstToLast = 4.7

/**
 * Parts of about as many transactions each. They depend on the recipe alone, so that files and their bytes do too. Their
 * borders are even numbers.
 */
function partsOf(recipe: Recipe): readonly Part[] {
  const transactions = recipe.customers * recipe.transactionsPerCustomer
  const least = transactions > worthTwoParts ? 2 : 1
  const count = Math.min(mostParts, Math.max(least, Math.ceil(transactions / transactionsPerPart)))
  const border = (part: number): number =>
    part === count ? recipe.customers : 2 * Math.floor((recipe.customers * customersWith(part / count)) / 2)
  return Array.from({ length: count }, (_, number) => ({
    number,
    from: border(number),
    to: border(number + 1),
  }))
}

/** The share of customers, the first ones, that have a share of the transactions, where these fall off in a straight line. */
function customersWith(share: number): number {
  const fall = (firstToLast - 1) / firstToLast
  return (1 - Math.sqrt(1 - fall * (2 - fall) * share)) / fall
}

const smallInstitution = 200_000

function recipeOf(options: SimulateOptions): Recipe {
  const customers = whole('customers', options.customers ?? 20_000, 100, 20_000_000)
  return {
    customers,
    months: whole('months', options.months ?? 24, 6, 60),
    seed: whole('seed', options.seed ?? 1, 0, 0x7fffffff),
    dirt: inRange('dirt', options.dirt ?? 0.01, 0, 0.2),
    effects: options.effects ?? 'default',
    transactionsPerCustomer: inRange(
      'transactions per customer',
      options.transactionsPerCustomer ?? (customers < smallInstitution ? 75 : 20),
      20,
      500,
    ),
  }
}

function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value))
    throw new TrancheError('invalid_input', {
      en: `${name} is ${value}; a whole number was expected.`,
      zh: `${name} 为 ${value}，应为整数。`,
    })
  return inRange(name, value, least, most)
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  throw new TrancheError('invalid_input', {
    en: `${name} is ${value}; expected ${least} to ${most}.`,
    zh: `${name} 为 ${value}，应在 ${least} 与 ${most} 之间。`,
  })
}

/** A workspace without truth.json is somebody's own. */
function refuseForeignFolder(dir: string): void {
  if (!existsSync(join(dir, 'tranche.yaml')) || existsSync(join(dir, 'truth.json'))) return
  throw new TrancheError(
    'invalid_input',
    {
      en: `${dir} holds a workspace that was not simulated; it is left as it is.`,
      zh: `${dir} 中已有并非模拟生成的工作区，未作改动。`,
    },
    { hint: { en: 'Give another folder.', zh: '请指定其他文件夹。' } },
  )
}
