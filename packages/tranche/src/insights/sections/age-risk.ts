import type { Notebook } from '../draft.ts'
import { withNumber } from '../group.ts'
import { publishRatio } from '../levels.ts'
import type { Measure } from '../measures.ts'

const age = 'age_years'
/** Under this age a customer counts as young. */
const young = 25

/** What the young lose by default of each unit of revenue, against everybody else. */
export function sayYoungRisk(book: Notebook): void {
  const { numbers } = book.frame
  if (![age, 'loss_365d', 'revenue_365d'].every((name) => numbers.has(name))) return
  const loss: Measure = { column: 'loss_365d', kind: 'mean', unit: 'money', weight: 55 }
  publishRatio(book, {
    section: 'age',
    key: 'age.young.loss_of_revenue',
    message: 'age.young_risk',
    attribute: age,
    metric: 'loss_of_revenue',
    numerator: loss,
    denominator: 'revenue_365d',
    sides: [
      { level: `<${young}`, group: withNumber(book.frame, age, '<', young) },
      { level: `≥${young}`, group: withNumber(book.frame, age, '>=', young) },
    ],
    weight: loss.weight,
    tested: true,
  })
}
