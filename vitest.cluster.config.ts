import { defineConfig, mergeConfig } from 'vitest/config'
import quick from './vitest.config.ts'

const { projects: _projects, ...shared } = quick.test ?? {}

/** What the quick tests hold against the embedded engine, held against a cluster, and what only a cluster has. */
export default mergeConfig(
  { ...quick, test: { ...shared, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: [
        'packages/tranche/test/conformance/*.test.ts',
        'packages/tranche/test/cluster/*.cluster.test.ts',
      ],
      exclude: ['**/node_modules/**', '**/*.slow.test.ts'],
      testTimeout: 600_000,
      hookTimeout: 120_000,
      maxWorkers: 2,
    },
  }),
)
