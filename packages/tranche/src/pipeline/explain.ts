import type { Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { Cell, Row } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import {
  type CustomerExplanation,
  type ExplainedFeature,
  explainCustomer,
} from '../features/explain-customer.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { parseInstant } from './as-of.ts'
import { type LookOptions, recordLook } from './look.ts'
import { openPublishedRun } from './published-run.ts'
import { withRowsOfRun } from './rows-of-run.ts'
import { inUnit } from './unit-words.ts'

export interface ExplainOptions extends LookOptions {
  readonly feature?: string
  /** Day or instant; default: the as-of of the published run. */
  readonly at?: string
  readonly signal?: AbortSignal
}

export interface Explanation {
  readonly document: CustomerExplanation
  readonly lines: readonly Text[]
  /** Why the look is not on record; null where it is. */
  readonly unrecorded: Text | null
}

const mostRows = 8

/**
 * A customer's features as of an instant, each with the rows that made it; the look goes on record.
 * @throws TrancheError not_found
 */
export async function explainPublished(
  catalogue: Catalogue,
  customer: string,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { feature, at, signal } = options
  if (feature !== undefined && !catalogue.features.some(({ key }) => key === feature))
    throw new TrancheError('not_found', {
      en: `There is no feature ${JSON.stringify(feature)}.`,
      zh: `没有名为 ${JSON.stringify(feature)} 的特征。`,
    })
  const opened = await openPublishedRun(catalogue, 'rows')
  const { warehouse, manifest, run } = opened
  try {
    const asked = {
      catalogue,
      customer,
      asOf: at === undefined ? manifest.asOf : parseInstant(at, catalogue.workspace.timeZone),
      ...(feature === undefined ? {} : { keys: [feature] }),
      ...(signal === undefined ? {} : { signal }),
    }
    const document = await withRowsOfRun(catalogue, opened, options.env ?? process.env, (rows) =>
      explainCustomer({ warehouse: rows, ...asked }),
    )
    const detail = { run: run.run, asOf: document.asOf, feature: feature ?? 'all' }
    const unrecorded = await recordLook(
      catalogue,
      { what: 'explain', subject: { customer }, detail },
      options,
    )
    return { document, lines: linesOf(document, catalogue.workspace.currency), unrecorded }
  } finally {
    warehouse.close()
  }
}

function linesOf({ customer, asOf, features }: CustomerExplanation, currency: string): readonly Text[] {
  return [
    { en: `${customer} as of ${asOf}`, zh: `客户 ${customer}，截至 ${asOf}` },
    ...features.flatMap((feature) => [valueLine(feature, currency), ...originLines(feature)]),
  ]
}

function valueLine({ key, label, unit, value, missing }: ExplainedFeature, currency: string): Text {
  const said = (language: 'en' | 'zh') =>
    value === null
      ? (missing?.[language] ?? { en: 'missing', zh: '缺失' }[language])
      : inUnit(value, unit, currency)[language]
  return { en: `${label.en} (${key}): ${said('en')}`, zh: `${label.zh}（${key}）：${said('zh')}` }
}

function originLines({ madeOf }: ExplainedFeature): readonly Text[] {
  if (madeOf.kind === 'features')
    return [{ en: `    = ${madeOf.expression}`, zh: `    = ${madeOf.expression}` }]
  return [madeOf, ...(madeOf.following === undefined ? [] : [madeOf.following])].flatMap(rowLines)
}

function rowLines({
  table,
  rows,
}: {
  readonly table: string
  readonly rows: readonly Row[]
}): readonly Text[] {
  const head = {
    en: `    ${counted(rows.length, 'row', 'rows')} of ${table}`,
    zh: `    ${table} 的 ${rows.length} 行`,
  }
  const shownRows = rows.slice(-mostRows).map((row) => {
    const text = Object.entries(row)
      .filter(([name, value]) => value !== null && name !== '_file')
      .map(([name, value]) => `${name}=${shown(value)}`)
      .join('  ')
    return { en: `      ${text}`, zh: `      ${text}` }
  })
  const more = rows.length - shownRows.length
  const rest =
    more > 0
      ? [
          {
            en: `      … ${more} earlier (--json has all)`,
            zh: `      … 更早 ${more} 行（--json 可查看全部）`,
          },
        ]
      : []
  return rows.length === 0 ? [head] : [head, ...rest, ...shownRows]
}

const shown = (value: Cell): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
