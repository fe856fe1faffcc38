import { defineConfig, mergeConfig } from 'vitest/config'
import quick from './vitest.config.ts'

const { projects: _projects, ...shared } = quick.test ?? {}

/** What takes a node away from the cluster: alone, after everything else that asks it. */
export default mergeConfig(
  { ...quick, test: { ...shared, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['packages/tranche/test/cluster/*.faults.test.ts'],
      exclude: ['**/node_modules/**'],
      testTimeout: 900_000,
      hookTimeout: 120_000,
      fileParallelism: false,
    },
  }),
)
