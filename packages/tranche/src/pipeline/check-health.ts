import { type SegmentHealth, segmentHealth } from '../insights/health/health.ts'
import { segmentRules } from '../segments/check-segments.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { openPublishedRun } from './published-run.ts'
import { publishedColumns } from './published-segments.ts'
import { publishedModels } from './published-sets.ts'

/** Whether the segments of the published run are worth having. */
export async function checkHealth(catalogue: Catalogue): Promise<SegmentHealth> {
  const { scope } = segmentRules(catalogue)
  const { warehouse } = await openPublishedRun(catalogue, 'results')
  try {
    const known = await publishedColumns(warehouse, scope)
    const columns = new Map([...scope.columns].filter(([name]) => known.has(name)))
    const models = await publishedModels(warehouse, catalogue)
    return await segmentHealth({
      warehouse,
      catalogue,
      scope: { ...scope, columns },
      sets: catalogue.segmentSets,
      models,
    })
  } finally {
    warehouse.close()
  }
}
