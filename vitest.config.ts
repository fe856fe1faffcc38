import { defineConfig } from 'vitest/config'

const conditions = ['tranche-source']
const exclude = ['**/node_modules/**', '**/*.slow.test.ts', '**/*.cluster.test.ts', '**/*.faults.test.ts']
const ofState = [
  'packages/tranche/test/store/**/*.test.ts',
  'packages/tranche/test/pipeline/{state,recommendations}.test.ts',
]

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
        // Files of a process share the modules they read, which costs a second for each that doesn't: none may leave
        // anything behind in them.
        extends: true,
        test: {
          name: 'product',
          include: ['packages/tranche/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...exclude, ...ofState],
          isolate: false,
        },
      },
      {
        // Its files start a server of their own and stop it.
        extends: true,
        test: { name: 'state', include: ofState },
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
