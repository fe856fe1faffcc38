#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exitCode } from '../errors.ts'
import { describeError, languageOf } from './output.ts'
import { createProgram } from './program.ts'

const streams = { stdout: process.stdout, stderr: process.stderr, env: process.env }
const stop = new AbortController()
let asked = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    asked++
    stop.abort()
    // A second Ctrl-C doesn't wait for the engine; published results are whole either way.
    if (asked > 1) process.exit(130)
  })
// A reader that closes early (`tranche … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

try {
  await createProgram({ streams, signal: stop.signal }).parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const index = process.argv.indexOf('--lang')
    const language = languageOf(index < 0 ? undefined : process.argv[index + 1], process.env)
    process.stderr.write(`${describeError(error, language)}\n`)
    process.exitCode = stop.signal.aborted ? 130 : exitCode(error)
  }
}
