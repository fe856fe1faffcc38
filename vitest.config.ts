import { defineConfig } from 'vitest/config'

const conditions = ['tranche-source']
const exclude = ['**/node_modules/**', '**/*.slow.test.ts', '**/*.cluster.test.ts']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    exclude,
    env: { TZ: 'America/New_York' },
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'product',
          include: ['packages/tranche/test/**/*.test.ts', 'test/**/*.test.ts'],
        },
      },
      {
        // Pure packages keep nothing from one file to the next, so that a process may read them once for many.
        extends: true,
        test: {
          name: 'pure',
          include: ['packages/{stats,language,contract}/test/**/*.test.ts'],
          isolate: false,
        },
      },
    ],
  },
})
