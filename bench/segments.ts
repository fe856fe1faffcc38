import { createRandom } from '../packages/stats/src/index.ts'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import type { SegmentRules } from '../packages/tranche/src/segments/check-segments.ts'
import { customerBlocks } from '../packages/tranche/src/segments/customer-blocks.ts'
import { evaluateRules } from '../packages/tranche/src/segments/evaluate-rules.ts'
import { conditionSql } from '../packages/tranche/src/segments/preview-rule.ts'
import { sql } from '../packages/tranche/src/sql/sql.ts'
import { memoryMb, threads } from './bare-scans.ts'
import { judged, type SectionResult, seconds } from './report.ts'
import { createCustomers, namesOfCustomers, ruleFrom, scopeOf } from './segment-customers.ts'

const ruleCount = 200
const rounds = 3

/**
 * 200 rules over so many customers, evaluated together, against 200 separate counts in the engine and against streaming the columns
 * that they need into typed arrays. Counts of members must be equal.
 */
export async function segmentsSection(customers: number): Promise<SectionResult> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb })
  try {
    await createCustomers(warehouse, customers)
    const scope = scopeOf()
    const random = createRandom(7)
    const rules: SegmentRules = {
      scope,
      rules: Array.from({ length: ruleCount }, (_, index) => ({
        key: `r${index}`,
        definition: undefined as never,
        rule: ruleFrom(random, scope),
      })),
      sets: [],
      outcomes: new Map(),
    }
    const names = namesOfCustomers
    const ways = {
      streaming: async () => {
        let rows = 0
        for await (const { places } of customerBlocks(warehouse, names, scope)) rows += places.length
        return [rows]
      },
      together: async () => {
        const counts = await evaluateRules(warehouse, rules, () => undefined)
        return counts.map(({ customers: n }) => n)
      },
      separate: async () => {
        const counts: number[] = []
        for (const { rule } of rules.rules) {
          const { n } = await warehouse.row<{ n: number }>(
            sql`select count(*) as n from features where ${conditionSql(rule, rules)}`,
          )
          counts.push(n)
        }
        return counts
      },
    }
    const { streaming, together, separate } = await bestOfRounds(ways)
    const differing = together.result.filter((n, at) => n !== separate.result[at]).length
    const half = judged('together / separate counts', together.wall / separate.wall, { atMost: 0.5 })
    const fourfold = judged('together / streaming the columns', together.wall / streaming.wall, { atMost: 4 })
    const peak = process.resourceUsage().maxRSS / 2 ** 20
    const memory = judged('peak memory', peak, { atMost: 4 }, 'GB')
    return {
      passed: half.passed && fourfold.passed && memory.passed && differing === 0,
      lines: [
        `${customers} customers, ${ruleCount} rules over ${names.length} columns; best of ${rounds}, processor time in brackets`,
        `together ${took(together)}, separate counts ${took(separate)}, streaming ${took(streaming)}`,
        differing === 0 ? 'all counts equal' : `${differing} counts DIFFER`,
        half.line,
        fourfold.line,
        memory.line,
      ],
    }
  } finally {
    warehouse.close()
  }
}

interface Timed {
  readonly result: readonly number[]
  readonly wall: number
  readonly processor: number
}

const took = ({ wall, processor }: Timed) => `${seconds(wall)} (${seconds(processor)})`

/** Each way's quickest round; every other round goes the other way round, so that none always comes first. */
async function bestOfRounds<Way extends string>(
  ways: Readonly<Record<Way, () => Promise<readonly number[]>>>,
): Promise<Readonly<Record<Way, Timed>>> {
  const best: Partial<Record<Way, Timed>> = {}
  for (let round = 0; round < rounds; round++) {
    const order = Object.keys(ways) as Way[]
    for (const way of round % 2 === 0 ? order : order.reverse()) {
      const timed = await timeOf(ways[way])
      if (timed.wall < (best[way]?.wall ?? Number.POSITIVE_INFINITY)) best[way] = timed
    }
  }
  return best as Record<Way, Timed>
}

async function timeOf(work: () => Promise<readonly number[]>): Promise<Timed> {
  const [begin, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, wall: (performance.now() - begin) / 1000, processor: (user + system) / 1e6 }
}
