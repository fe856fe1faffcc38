import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../packages/tranche/src/version.ts'

const root = resolve(import.meta.dirname, '..')
let room: string

/** Runs a program of the installed packages on the Node that runs this test. */
function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd: room,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
  })
}

describe('packed packages', () => {
  beforeAll(() => {
    room = mkdtempSync(join(tmpdir(), 'tranche-pack-'))
    const tarballs = join(room, 'tarballs')
    mkdirSync(tarballs)
    execFileSync('npm', ['pack', '--silent', '--workspaces', '--pack-destination', tarballs], {
      cwd: root,
      stdio: 'ignore',
    })
    writeFileSync(join(room, 'package.json'), '{"private": true, "type": "module"}')
    const files = readdirSync(tarballs).map((name) => join(tarballs, name))
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', ...files], {
      cwd: room,
      stdio: 'ignore',
    })
  })
  afterAll(() => rmSync(room, { recursive: true, force: true }))

  test('the command starts and knows its version', () => {
    expect(run(join(room, 'node_modules/.bin/tranche'), ['--version']).trim()).toBe(version)
    expect(JSON.parse(readFileSync(join(root, 'packages/tranche/package.json'), 'utf8'))).toMatchObject({
      version,
    })
  })

  test('a simulated institution runs from the tarballs alone', () => {
    const tranche = join(room, 'node_modules/.bin/tranche')
    run(tranche, ['simulate', 'bank', '--customers', '300', '--months', '12'])
    const outcome = JSON.parse(run(tranche, ['-C', 'bank', '--json', 'run'])) as {
      manifest: { status: string }
    }
    expect(outcome.manifest.status).toBe('published')
  })

  test('the statistics and the programmatic interface can be imported', () => {
    const script = `import { fitBgNbd } from '@tranche/stats'; import { openWorkspace } from 'tranche'; console.log(typeof fitBgNbd, typeof openWorkspace)`
    expect(run(process.execPath, ['--input-type=module', '-e', script]).trim()).toBe('function function')
  })
})
