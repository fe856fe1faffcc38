import { defineConfig, mergeConfig } from 'vitest/config'
import quick from './vitest.config.ts'

export default mergeConfig(
  { ...quick, test: { ...quick.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['packages/*/test/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
      exclude: ['**/node_modules/**'],
      testTimeout: 3_600_000,
      hookTimeout: 600_000,
    },
  }),
)
