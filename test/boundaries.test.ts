import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const packages = ['stats', 'contract', 'language', 'tranche', 'web']

/** What a package may import of the others, and whether Node's own modules. */
const allowed: Record<string, { readonly packages: readonly string[]; readonly node: boolean }> = {
  stats: { packages: [], node: false },
  contract: { packages: ['zod'], node: false },
  language: { packages: ['@tranche/contract', '@bufbuild/cel'], node: false },
  tranche: { packages: ['*'], node: true },
}

/** Folders of packages/tranche/src in the order of the data's way: a folder imports only from those before it. */
const rooms = [
  'sql',
  'engine',
  'store',
  'workspace',
  'privacy',
  'intake',
  'features',
  'models',
  'segments',
  'experiments',
  'decisions',
  'delivery',
  'outcomes',
  'insights',
  'reports',
  'live',
  'partners',
  'governance',
  'pipeline',
  'server',
  'cli',
]
/** Files beside the rooms that every room may use, and that use none. */
const common = ['errors.ts', 'version.ts']

interface Module {
  /** Path from packages/NAME/src, with forward slashes. */
  readonly path: string
  readonly imports: readonly string[]
}

function modulesOf(name: string): Module[] {
  const src = join(root, 'packages', name, 'src')
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.tsx'))
    .map((file) => ({
      path: file.split(sep).join('/'),
      imports: importsOf(join(src, file), readFileSync(join(src, file), 'utf8')),
    }))
}

function importsOf(file: string, text: string): string[] {
  const { module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse`)
  return [
    ...module.staticImports.map((statement) => statement.moduleRequest.value),
    ...module.staticExports.flatMap((statement) =>
      statement.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
    ),
  ]
}

function packageViolations(name: string, modules: readonly Module[]): string[] {
  const rule = allowed[name]
  if (rule === undefined) return []
  return modules.flatMap(({ path, imports }) =>
    imports
      .filter((target) => {
        if (target.startsWith('.')) return !resolve('/src', dirname(path), target).startsWith('/src/')
        if (target.startsWith('node:')) return !rule.node
        return !rule.packages.includes('*') && !rule.packages.includes(target)
      })
      .map((target) => `${name}/${path} imports ${target}`),
  )
}

function roomViolations(modules: readonly Module[]): string[] {
  const roomOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : null)
  return modules.flatMap(({ path, imports }) => {
    const from = roomOf(path)
    return imports
      .filter((target) => target.startsWith('.'))
      .map((target) => relative('/src', resolve('/src', dirname(path), target)))
      .filter((target) => {
        const to = roomOf(target)
        if (from === null) return common.includes(path)
        if (to === null) return !common.includes(target)
        return from !== to && rooms.indexOf(to) >= rooms.indexOf(from)
      })
      .map((target) => `${path} imports ${target}`)
  })
}

describe('imports follow the way of the data', () => {
  test.each(packages.filter((name) => allowed[name] !== undefined))(
    'package %s imports only what it may',
    (name) => {
      const modules = modulesOf(name)
      expect(modules.length).toBeGreaterThan(1)
      expect(packageViolations(name, modules)).toEqual([])
    },
  )

  test('every folder of the product is a room of the design', () => {
    const folders = new Set(
      modulesOf('tranche').flatMap(({ path }) => (path.includes('/') ? [path.split('/')[0]!] : [])),
    )
    expect([...folders].filter((folder) => !rooms.includes(folder))).toEqual([])
    expect(folders.size).toBeGreaterThan(5)
  })

  test('a room imports only from rooms before it', () => {
    expect(roomViolations(modulesOf('tranche'))).toEqual([])
  })

  test('a planted violation is caught', () => {
    expect(roomViolations([{ path: 'engine/x.ts', imports: ['../cli/main.ts'] }])).toHaveLength(1)
    expect(roomViolations([{ path: 'errors.ts', imports: ['./sql/sql.ts'] }])).toHaveLength(1)
    expect(packageViolations('stats', [{ path: 'a.ts', imports: ['node:fs'] }])).toHaveLength(1)
    expect(
      packageViolations('contract', [{ path: 'a.ts', imports: ['../../stats/src/index.ts'] }]),
    ).toHaveLength(1)
    expect(importsOf('x.ts', `export * from './a.ts'; const b = import('./b.ts')`)).toEqual([
      './a.ts',
      './b.ts',
    ])
  })
})

/** Who may hand text to the engine as SQL: constants of the program, numbers it computed, quoted literals, own statements. */
const rawSql = [
  'engine/duckdb.ts',
  'engine/published.ts',
  'engine/scratch.ts',
  'engine/trino-load.ts',
  'engine/trino.ts',
  'features/calendar.ts',
  'intake/readers/constant-text.ts',
  'intake/standard-views.ts',
  'models/value/histories.ts',
  'models/value/rfm.ts',
  'pipeline/by-hand/published-numbers.ts',
  'sql/decimal-sql.ts',
  'sql/duckdb-dialect.ts',
  'sql/duckdb-sets.ts',
  'sql/sql.ts',
  'sql/trino-dialect.ts',
]

test('text becomes SQL only where it is listed', () => {
  const src = join(root, 'packages', 'tranche', 'src')
  const callers = modulesOf('tranche')
    .map(({ path }) => path)
    .filter((path) => /\bunsafeRaw\(/.test(readFileSync(join(src, path), 'utf8')))
  expect(callers.sort()).toEqual(rawSql)
})
