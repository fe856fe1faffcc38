import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { createInstitution, from } from './institution.ts'

const row = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', ''),
  who: fc.constantFrom('C1', 'c1', ' C2 ', 'Ｃ３', ''),
  day: fc.constantFrom('2024-01-01', '2024-02-30', 'soon', '2024/3/5', ''),
  sum: fc.constantFrom('1', '-2', '3.5', '1,000', 'much', ''),
  kind: fc.constantFrom('buy', 'back', 'void', '?'),
})

it('accounts for every row, whatever the dirt: read = kept + quarantined + filtered + duplicates', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (files, asParquet) => {
        const place = await createInstitution()
        await place.sources({
          key: 'orders',
          files: asParquet ? 'orders/*.parquet' : 'orders/*.csv',
          tables: [
            {
              table: 'transactions',
              where: 'row["type"] != "void"',
              columns: {
                ...from({ transaction_id: 'id', customer_id: 'who', occurred_at: 'day', amount: 'sum' }),
                kind: { from: 'type', codes: { buy: 'purchase', back: 'refund', void: 'other' } },
              },
              expectations: [{ column: 'amount', range: { min: 0 }, quarantine: true }],
            },
          ],
        })
        for (const [index, rows] of files.entries()) {
          const lines = rows.map(({ id, who, day, sum, kind }) => `${id},${who},${day},"${sum}",${kind}`)
          // A line that is cut off, and one with too much.
          if (!asParquet && index === 0 && rows.length > 3) lines.push('9,C9', '8,C8,2024-01-01,1,buy,more')
          await place.write(`orders/${index}.csv`, `id,who,day,sum,type\n${lines.join('\n')}\n`)
          if (asParquet)
            await place.parquet(
              `orders/${index}.parquet`,
              `select * from read_csv('${place.dir}/orders/${index}.csv', all_varchar = true, header = true, columns = {id: 'VARCHAR', who: 'VARCHAR', day: 'VARCHAR', sum: 'VARCHAR', type: 'VARCHAR'}, auto_detect = false)`,
            )
        }
        const taken = await place.take()
        const [counts] = taken.result.rows
        if (counts === undefined) throw new Error('No counts.')
        const { read, kept, quarantined, filtered, duplicates } = counts
        const cut = !asParquet && files[0]!.length > 3 ? 2 : 0
        expect(read).toBe(files.reduce((sum, rows) => sum + rows.length, 0) + cut)
        expect(kept + quarantined + filtered + duplicates).toBe(read)
        const { total } = await listQuarantine({ ...taken, folder: place.folder })
        expect(total).toBe(quarantined)
        const [stood] = await taken.rows(
          'select count(*)::integer as n, count(distinct transaction_id)::integer as ids from standard.transactions',
        )
        expect(stood).toEqual({ n: kept, ids: kept })
      },
    ),
    { numRuns: 12 },
  )
})
