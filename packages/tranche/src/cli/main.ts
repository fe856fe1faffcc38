#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Compiled code is kept for the next command; where the folder can't be written, Node goes on without.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tranche'))
const { runCommandLine } = await import('./command-line.ts')

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
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
  })

process.exitCode = await runCommandLine(process.argv.slice(2), streams, stop.signal)
