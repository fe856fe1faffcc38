import { spawnSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { command, complaint } from './in-process.ts'
import { goodRow, header, streamOf, text } from './spoilt-file.ts'
import { createSmallInstitution, put, type SmallInstitution } from './spoilt-workspace.ts'

let place: SmallInstitution
const formulas = ['=1+1', '+1+1', '-1+1', '@SUM(A1)', `=cmd|'/c calc'!A1`, '=HYPERLINK("http://x")']
const here = (...args: readonly string[]) => command(['-C', place.dir, ...args])

beforeAll(async () => {
  place = await createSmallInstitution()
  const random = streamOf('formulas', 0)
  const rows = formulas.map((formula, index) => {
    const cells = goodRow(`f-${index}`, random).split(',')
    return [
      cells[0],
      `"${formula.replaceAll('"', '""')}"`,
      cells[2],
      cells[3],
      `"${formula.replaceAll('"', '""')}"`,
    ].join(',')
  })
  await put(place, { name: 'formulas.csv', bytes: text([header, ...rows, 'bad,c1,never,1,"=cmd|x!A1"']) })
  expect(await place.run()).toBeNull()
})
afterAll(() => place.remove())

describe('cells that begin like a formula', () => {
  test('go into CSV as text', async () => {
    const out = join(place.dir, 'features.csv')
    expect((await here('export', 'features', '--out', out)).code).toBe(0)
    const { readFile } = await import('node:fs/promises')
    const lines = (await readFile(out, 'utf8')).split('\r\n')
    const led = lines.filter((line) => /(^|,)"?'[=+\-@]/.test(line))
    expect(led).toHaveLength(formulas.length)
    expect(lines.filter((line) => /(^|,)"?[=@]/.test(line))).toEqual([])
  })

  test('go into a workbook as text', async () => {
    const out = join(place.dir, 'features.xlsx')
    expect((await here('export', 'features', '--format', 'xlsx', '--out', out)).code).toBe(0)
    const cells = (await readSheet(out)).flat()
    for (const formula of formulas) expect(cells).toContain(formula)
  })
})

describe('documents and words', () => {
  const documents = [
    ['--json', 'validate'],
    ['--json', 'plan'],
    ['--json', 'run'],
    ['--json', 'reconcile'],
    ['--json', 'doctor'],
    ['--json', 'quarantine', 'list'],
    ['--json', 'model', 'list'],
    ['--json', 'explain', 'c1'],
  ]
  test.each(documents.map((args) => [args.slice(1).join(' '), args] as const))(
    '%s gives one document on stdout',
    async (_, args) => {
      const said = await here(...args)
      expect(complaint({ ...said, stdout: '' }, { code: 0 })).toBeNull()
      expect(typeof JSON.parse(said.stdout)).toBe('object')
    },
  )

  test('people’s words are in the language asked for', async () => {
    expect((await here('--lang', 'zh', 'validate')).stdout).toContain('全部正确')
    expect((await here('--lang', 'en', 'validate')).stdout).toContain('in order')
    expect((await here('--lang', 'zh', 'export', 'nope')).stderr).toContain('没有已发布的表')
    expect((await here('--lang=zh', 'export', 'nope')).stderr).toContain('没有已发布的表')
  })

  test('every command has examples in its help', async () => {
    const streams = { stdout: { write: () => true }, stderr: { write: () => true }, env: {} }
    const { commands } = createProgram({ streams, signal: new AbortController().signal })
    const leaves = commands.flatMap((one) =>
      one.commands.length > 0 ? one.commands.map((child) => [one.name(), child.name()]) : [[one.name()]],
    )
    for (const path of leaves) {
      const { code, stdout } = await command([...path, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain('Examples:')
    }
  })

  test('a reader that stops reading is no error', () => {
    const tranche = resolve(import.meta.dirname, '../../../../bin/tranche')
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `"${tranche}" -C "${place.dir}" --json plan 2>/dev/null | head -1; echo \${PIPESTATUS[0]}`],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('{\n0\n')
  })
})

describe('wrong usage leaves with 2 and says what was expected', () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['frobnicate'], /unknown command/],
    [['run', '--frobnicate'], /unknown option/],
    [['run', '--seed', 'abc'], /whole number/],
    [['run', '--as-of', 'yesterday'], /"yesterday"[\s\S]*2026-01-31/],
    [['run', '--as-of', '2024-02-31'], /2024-02-31/],
    [['export', 'nope'], /no published table/],
    [['export', `x'; drop table customer_value; --`], /no published table/],
    [['export', 'customer_value', '--columns', 'a";drop table x'], /no column/],
    [['export', 'customer_value', '--where', 'tier == "'], /never closed/],
    [['export', 'customer_value', '--where', '('.repeat(5000)], /--where/],
    [['export', 'customer_value', '--where', '1 == 1; drop table x'], /--where/],
    [['export', 'customer_value', '--format', 'exe'], /Allowed choices/],
    [['export', 'customer_value', '--out', '/nowhere/at/all.csv'], /no folder/],
    [['export', 'customer_value', '--format', 'parquet', '--out', '/nowhere/at/all.parquet'], /no folder/],
    [['report', '--out', '/nowhere/report.html'], /nowhere/],
    [['explain', `'; drop table x; --`], /no customer/],
    [['explain', 'c1', '--feature', 'constructor'], /no feature/],
    [['explain', 'c1', '--at', 'noon'], /noon/],
    [['quarantine', 'list', '--limit', 'many'], /whole number/],
    [['quarantine', 'export', 'nope'], /no source/],
    [['quarantine', 'list', '--source', `'; drop`], /no source/],
    [['model', 'show', '__proto__'], /no model/],
  ]
  test.each(wrong.map(([args, says]) => [args.join(' ').slice(0, 60), args, says] as const))(
    '%s',
    async (_, args, says) => {
      expect(complaint(await here(...args), { code: 2, says })).toBeNull()
    },
  )

  test('a folder without a workspace, and one that is a file', async () => {
    expect(
      complaint(await command(['-C', '/nowhere', 'run']), { code: 2, says: /no tranche\.yaml[\s\S]*init/ }),
    ).toBeNull()
    expect(
      complaint(await command(['-C', join(place.dir, 'tranche.yaml'), 'run']), {
        code: 2,
        says: /no tranche\.yaml/,
      }),
    ).toBeNull()
    expect(
      complaint(await command(['init', place.dir, '--from', place.orders, '--yes']), {
        code: 2,
        says: /holds a workspace already/,
      }),
    ).toBeNull()
    expect(complaint(await command(['init', join(place.dir, 'new')]), { code: 2, says: /--from/ })).toBeNull()
  })
})

describe('sources that are no files', () => {
  const cases: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ['a link to nothing', (path) => symlink('/nowhere/at/all.csv', path)],
    ['a link to itself', (path) => symlink(path, path)],
    ['a folder under the name of a file', async (path) => void (await mkdir(path))],
    [
      'a folder with a file that is a folder',
      async (path) => void (await mkdir(join(path, 'inner.csv'), { recursive: true })),
    ],
    ['nothing', async () => undefined],
  ]
  test.each(cases)('%s', async (name, make) => {
    const path = join(place.dir, `source ${name}.csv`)
    await make(path)
    const definition = join(place.dir, 'sources', 'odd.yaml')
    await writeFile(
      definition,
      `key: odd\nfiles: ${JSON.stringify(path)}\ntables: [{table: products, columns: {product_id: {from: id}}}]\n`,
    )
    const before = await place.published()
    const run = await here('run')
    const { rm } = await import('node:fs/promises')
    await rm(definition)
    expect(complaint(run, { code: 2, says: /sources\/odd\.yaml:\d+[\s\S]*\n {2}\S/ })).toBeNull()
    expect(await place.published()).toBe(before)
    const init = await command(['init', join(place.dir, `new ${name}`), '--from', path, '--yes'])
    expect(complaint(init, { code: 2 })).toBeNull()
  })
})
