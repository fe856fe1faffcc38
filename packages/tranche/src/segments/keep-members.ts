import { bitsOf, createBitset, setBit } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import { sql } from '../sql/sql.ts'
import type { SegmentRules } from './check-segments.ts'
import { evaluateRules, type RuleCounts } from './evaluate-rules.ts'

/** So many members are handed to the engine at once. */
const membersAtOnce = 1 << 18

/**
 * Leaves the table `rule_members`: who is in which segment by rule. Blocks of customers give places in the table of features,
 * of which the engine makes customers when all are judged; no customer's number comes out of it.
 */
export async function keepMembers(warehouse: Warehouse, rules: SegmentRules): Promise<readonly RuleCounts[]> {
  if (rules.rules.length === 0) {
    await warehouse.run(sql`create or replace table rule_members (segment varchar, customer_id varchar)`)
    return []
  }
  await warehouse.run(sql`create or replace temp table rule_places (rule integer, place integer)`)
  const counts = await appendPlaces(warehouse, rules)
  await warehouse.createFrom('rule_keys', [
    { name: 'rule', type: 'integer', values: Int32Array.from(rules.rules.keys()) },
    { name: 'segment', type: 'varchar', values: rules.rules.map(({ key }) => key) },
  ])
  await warehouse.run(sql`
    create or replace table rule_members as
    select rule_keys.segment, features.customer_id
    from rule_places join rule_keys on rule_keys.rule = rule_places.rule join features on features.rowid = rule_places.place`)
  await warehouse.run(sql`drop table rule_places`)
  await warehouse.run(sql`drop table rule_keys`)
  return counts
}

async function appendPlaces(warehouse: Warehouse, rules: SegmentRules): Promise<readonly RuleCounts[]> {
  const { end } = await warehouse.row<{ end: number }>(
    sql`select coalesce(max(rowid), -1) + 1 as "end" from features`,
  )
  // A bit for each customer and rule until all rows are read: the engine takes none while it gives some.
  const members = new Map(rules.rules.map(({ key }) => [key, createBitset(end)]))
  const counts = await evaluateRules(warehouse, rules, (found) => {
    for (const { key, places } of found) {
      const bits = members.get(key)!
      for (const place of places()) setBit(bits, place)
    }
  })
  const [rule, place] = [new Int32Array(membersAtOnce), new Int32Array(membersAtOnce)]
  let held = 0
  const hand = async () => {
    await warehouse.append('rule_places', [
      { name: 'rule', type: 'integer', values: rule.subarray(0, held) },
      { name: 'place', type: 'integer', values: place.subarray(0, held) },
    ])
    held = 0
  }
  for (const [number, { key }] of rules.rules.entries())
    for (const found of bitsOf(members.get(key)!)) {
      if (held === membersAtOnce) await hand()
      rule[held] = number
      place[held++] = found
    }
  await hand()
  return counts
}
