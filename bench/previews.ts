import { createRandom } from '../packages/stats/src/index.ts'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { drawSample, previewOnSample } from '../packages/tranche/src/insights/preview-on-sample.ts'
import type { SegmentRules } from '../packages/tranche/src/segments/check-segments.ts'
import { previewRule } from '../packages/tranche/src/segments/preview-rule.ts'
import { memoryMb, threads } from './bare-scans.ts'
import { judged, type SectionResult, seconds } from './report.ts'
import { createCustomers, namesOfCustomers, ruleFrom, scopeOf } from './segment-customers.ts'

const ruleCount = 100

/**
 * Rules that are saved nowhere, previewed one after another in a process that has drawn its sample: counts over all customers,
 * value and differences over the sample.
 */
export async function previewsSection(customers: number): Promise<SectionResult> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb })
  try {
    await createCustomers(warehouse, customers)
    const scope = scopeOf()
    const rules: SegmentRules = { scope, rules: [], sets: [], outcomes: new Map() }
    const begin = performance.now()
    const sample = await drawSample(warehouse, [...namesOfCustomers, 'value_12m'], rules)
    const drawn = (performance.now() - begin) / 1000
    const random = createRandom(11)
    const took: { wall: number; processor: number }[] = []
    for (let index = 0; index < ruleCount; index++) {
      const rule = ruleFrom(random, scope)
      const [start, before] = [performance.now(), process.cpuUsage()]
      const { population } = await previewRule(warehouse, rules, rule)
      await previewOnSample(sample, rules, rule, population, 10)
      const { user, system } = process.cpuUsage(before)
      took.push({ wall: performance.now() - start, processor: (user + system) / 1000 })
    }
    const at = (share: number, of: 'wall' | 'processor') =>
      took.map((one) => one[of]).sort((a, b) => a - b)[Math.ceil(share * took.length) - 1]!
    const p95 = judged('p95 of a preview', at(0.95, 'wall'), { atMost: 200 }, 'ms')
    return {
      passed: p95.passed,
      lines: [
        `${customers} customers, ${ruleCount} rules; the sample of ${sample.customers} drawn in ${seconds(drawn)}`,
        `p50 ${at(0.5, 'wall').toFixed(0)} ms; of the processor p50 ${at(0.5, 'processor').toFixed(0)} ms, p95 ${at(0.95, 'processor').toFixed(0)} ms`,
        p95.line,
      ],
    }
  } finally {
    warehouse.close()
  }
}
