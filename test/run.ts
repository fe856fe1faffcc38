/**
 * The whole of `make test` (or, with `slow`, `cluster` or `conformance`, of the target of that name): every check, each with its own line, and at last
 * `N passed, N failed, N skipped` over all of them. A check that fails doesn't hide the next.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** To fetch a cluster's software and start it: about a minute each, longer where others use the machine too. */
const longestStartMs = 900_000
/** Lines of a failure's message that are said at the end; the rest stands above. */
const longestFailure = 12
const which = process.argv[2]
const scratch = mkdtempSync(join(tmpdir(), 'tranche-test-'))
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
/** What failed, said again at the end: a log is often kept from its end only. */
const failures: string[] = []

try {
  if (which === 'slow') addVitest('slow suites', ['--config', 'vitest.slow.config.ts'])
  else if (which === 'cluster' || which === 'conformance') addCluster()
  else {
    await addCommand('types', 'tsc', ['-b'])
    await Promise.all([
      addCommand('types of tests', 'tsc', ['-p', 'tsconfig.test.json']),
      addCommand('lint', 'biome', ['check', '--error-on-warnings', '.']),
      addCommand('dead code', 'knip', ['--no-progress']),
    ])
    addVitest('tests', [])
    addReference()
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
for (const failure of failures) console.log(failure)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 && total.passed + total.skipped > 0 ? 0 : 1

async function addCommand(label: string, command: string, args: readonly string[]): Promise<void> {
  const begin = performance.now()
  const child = spawn(command, args, { stdio: 'inherit' })
  const status = await new Promise<number | null>((done) => {
    child.on('error', () => done(null))
    child.on('close', done)
  })
  report(
    label,
    status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 },
    begin,
  )
}

/** What the engines must agree on, held against a real cluster, which is started for it unless one is up. */
function addCluster(): void {
  const cluster = (verb: string) =>
    spawnSync('node', ['cluster/cluster.ts', verb], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: longestStartMs,
    })
  const wasUp = cluster('status').stdout !== ''
  const { status, stdout } = cluster('up')
  if (status !== 0) {
    console.log(
      status === null
        ? `cluster: skipped, none was ready within ${longestStartMs / 60_000} minutes`
        : 'cluster: skipped, for what is said above',
    )
    total.skipped++
    cluster('down')
    return
  }
  const suite = (label: string, ...args: readonly string[]) =>
    addVitest(label, ['--config', ...args], { TRANCHE_TEST_CLUSTER: stdout })
  if (which === 'conformance')
    suite('conformance', 'vitest.cluster.config.ts', 'packages/tranche/test/conformance')
  else {
    suite('cluster', 'vitest.cluster.config.ts')
    suite('cluster, faults', 'vitest.cluster-faults.config.ts')
  }
  if (!wasUp) cluster('down')
}

function addVitest(label: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const begin = performance.now()
  const file = join(scratch, 'vitest.json')
  const { status } = spawnSync(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  )
  report(label, vitestCounts(file, status), begin)
}

function vitestCounts(file: string, status: number | null): Counts {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
    // A file that could not be read, or was not made ready, fails without a test that does.
    const files = result.testResults.filter(
      (one) => one.status === 'failed' && one.assertionResults.every((test) => test.status !== 'failed'),
    )
    const failed = result.numFailedTests + files.length
    for (const { name, message } of files) failures.push(told(name, message))
    for (const { name, assertionResults } of result.testResults)
      for (const test of assertionResults)
        if (test.status === 'failed')
          failures.push(told(`${name} > ${test.fullName}`, test.failureMessages.join('\n')))
    return {
      passed: result.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: result.numPendingTests + result.numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function told(name: string, message: string): string {
  const lines = stripVTControlCharacters(message).split('\n')
  const own = lines.filter((line) => !line.includes('/node_modules/'))
  const first = own.slice(0, longestFailure).join('\n  ')
  return `FAILED: ${relative(process.cwd(), name)}\n  ${first}`
}

/** Reference values of peer packages, where `TRANCHE_REFERENCE` names them. */
function addReference(): void {
  const begin = performance.now()
  if (!process.env['TRANCHE_REFERENCE']) {
    console.log('reference values: skipped, TRANCHE_REFERENCE names no folder')
    total.skipped++
    return
  }
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'reference', '-w', 'packages/stats'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  console.log(stdout)
  const line = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(stdout)
  report(
    'reference values',
    line === null
      ? { passed: 0, failed: 1, skipped: 0 }
      : {
          passed: Number(line[1]),
          failed: Number(line[2]) || (status === 0 ? 0 : 1),
          skipped: Number(line[3]),
        },
    begin,
  )
}

function report(label: string, counts: Counts, begin: number): void {
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  console.log(`${label}: ${counts.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s`)
}
