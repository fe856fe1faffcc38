import { defineConfig, mergeConfig } from 'vitest/config'
import quick from './vitest.config.ts'

const { projects: _projects, ...shared } = quick.test ?? {}

export default mergeConfig(
  { ...quick, test: { ...shared, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['packages/*/test/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
      exclude: ['**/node_modules/**'],
      testTimeout: 3_600_000,
      hookTimeout: 600_000,
    },
  }),
)
