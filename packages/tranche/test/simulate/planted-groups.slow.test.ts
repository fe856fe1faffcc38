import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { recoverGroups } from './planted-groups.ts'

const customers = Number(process.env['TRANCHE_GROUPS_CUSTOMERS'] ?? 50_000)

it(
  'sets over answers and visits recover the planted groups of mindset and behaviour',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'tranche-groups-'))
    try {
      const recovered = await recoverGroups(join(root, 'institution'), { customers, seed: 11 })
      for (const { group, placed, clusters, adjustedRand } of recovered) {
        console.log(
          `${group}: adjusted Rand ${adjustedRand.toFixed(3)} over ${placed} customers in ${clusters} clusters`,
        )
        expect(clusters).toBe(3)
        expect(adjustedRand).toBeGreaterThanOrEqual(0.8)
      }
      const [mindset, behaviour] = recovered
      // Of those asked nearly everybody is placed, of those with the app as well.
      expect(mindset!.placed).toBeGreaterThan(0.05 * customers)
      expect(behaviour!.placed).toBeGreaterThan(0.7 * customers)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
  30 * 60_000,
)
