import { createRandom } from '../packages/stats/src/index.ts'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { drawSample, previewOnSample } from '../packages/tranche/src/insights/preview-on-sample.ts'
import type { SegmentRules } from '../packages/tranche/src/segments/check-segments.ts'
import { countClauses } from '../packages/tranche/src/segments/count-clauses.ts'
import { namesOf, previewRule } from '../packages/tranche/src/segments/preview-rule.ts'
import { ResidentColumns } from '../packages/tranche/src/segments/resident-columns.ts'
import { memoryMb, threads } from './bare-scans.ts'
import { judged, type SectionResult, seconds } from './report.ts'
import { createCustomers, namesOfCustomers, ruleFrom, scopeOf } from './segment-customers.ts'

const ruleCount = 200
/** So many before them are not counted: the first ones are slow until the loops that judge them are compiled. */
const warmUp = 20
/** Every so many rules are counted by a scan too, which must say the same. */
const comparedEvery = 20

/**
 * Rules that are saved nowhere, previewed one after another in a process that has drawn its sample and read the columns: counts over all
 * customers, value and differences over the sample.
 */
export async function previewsSection(customers: number): Promise<SectionResult> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb })
  try {
    await createCustomers(warehouse, customers)
    const scope = scopeOf()
    const rules: SegmentRules = { scope, rules: [], sets: [], outcomes: new Map() }
    const names = [...namesOfCustomers, 'value_12m']
    const drawn = await timeOf(() => drawSample(warehouse, names, rules))
    const columns = new ResidentColumns(warehouse, scope)
    const cold: string[] = []
    for (const name of ['n0', 'city', 'value_12m'])
      cold.push(`${name} ${seconds((await timeOf(() => columns.table([name]))).wall / 1000)}`)
    const rest = await timeOf(() => columns.table(names))
    const random = createRandom(11)
    const took: { wall: number; processor: number }[] = []
    let differing = 0
    for (let index = -warmUp; index < ruleCount; index++) {
      const rule = ruleFrom(random, scope)
      const one = await timeOf(async () => {
        const counted = countClauses((await columns.table(namesOf(rule, rules)))!, rules, rule)
        previewOnSample(drawn.result, rules, rule, counted.population, 10)
        return counted
      })
      if (index >= 0) took.push(one)
      if (index % comparedEvery !== 0) continue
      const scanned = await previewRule(warehouse, rules, rule)
      if (JSON.stringify(scanned) !== JSON.stringify(one.result)) differing++
    }
    const at = (share: number, of: 'wall' | 'processor') =>
      took.map((one) => one[of]).sort((a, b) => a - b)[Math.ceil(share * took.length) - 1]!
    const p95 = judged('p95 of a preview', at(0.95, 'wall'), { atMost: 200 }, 'ms')
    const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
    const peak = process.resourceUsage().maxRSS / 2 ** 20
    return {
      passed: p95.passed && differing === 0,
      lines: [
        `${customers} customers, ${ruleCount} rules after ${warmUp} that are not counted, about ${names.length} columns, all of them in memory; first use of a column: ${cold.join(', ')}, of the ${names.length - cold.length} others together ${seconds(rest.wall / 1000)}`,
        `the sample of ${drawn.result.customers} drawn in ${seconds(drawn.wall / 1000)}; columns take ${mb(columns.bytes)}, the sample ${mb(drawn.result.bytes)}, the process at most ${peak.toFixed(1)} GB, with the engine's own tables`,
        `p50 ${at(0.5, 'wall').toFixed(0)} ms, slowest ${at(1, 'wall').toFixed(0)} ms; of the processor p50 ${at(0.5, 'processor').toFixed(0)} ms, p95 ${at(0.95, 'processor').toFixed(0)} ms`,
        differing === 0 ? 'counts equal those by a scan' : `${differing} counts DIFFER from those by a scan`,
        p95.line,
      ],
    }
  } finally {
    warehouse.close()
  }
}

async function timeOf<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly wall: number; readonly processor: number }> {
  const [begin, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, wall: performance.now() - begin, processor: (user + system) / 1000 }
}
