import type { Warehouse } from '../engine/warehouse.ts'
import type { Ailment } from '../insights/health/health.ts'
import { type SegmentHealth, segmentHealth } from '../insights/health/health.ts'
import { segmentRules } from '../segments/check-segments.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { openPublishedRun } from './published-run.ts'
import { publishedColumns } from './published-segments.ts'
import { publishedModels } from './published-sets.ts'
import { publishedStaleness } from './staleness.ts'

/** Whether the segments of the published run are worth having. */
export async function checkHealth(catalogue: Catalogue): Promise<SegmentHealth> {
  const rules = segmentRules(catalogue)
  const { scope } = rules
  const { warehouse } = await openPublishedRun(catalogue)
  try {
    const known = await publishedColumns(warehouse, scope)
    const columns = new Map([...scope.columns].filter(([name]) => known.has(name)))
    const models = await publishedModels(warehouse, catalogue)
    return await segmentHealth({
      warehouse,
      catalogue,
      scope: { ...scope, columns },
      rules,
      models,
      stale: await staleOnes(warehouse, catalogue),
    })
  } finally {
    warehouse.close()
  }
}

/** Stale segments; of a set, whose cells rest on the same, one line. */
async function staleOnes(warehouse: Warehouse, catalogue: Catalogue): Promise<readonly Ailment[]> {
  const { segments, segmentSets } = catalogue
  const asked = [
    ...segmentSets.flatMap(({ key, value }) =>
      cellsOf(value)
        .slice(0, 1)
        .map((cell) => ({ told: key, segment: cell.key })),
    ),
    ...segments.map(({ key }) => ({ told: key, segment: key })),
  ]
  const found: Ailment[] = []
  for (const { told, segment } of asked) {
    const { stale, changed, oldestInput, oldestInputDays } = await publishedStaleness(
      warehouse,
      catalogue,
      segment,
    )
    if (stale) found.push({ kind: 'stale', segment: told, changed, oldestInput, oldestInputDays })
  }
  return found
}
