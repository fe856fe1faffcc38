import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { TrancheError } from '../errors.ts'

const holderSchema = z.object({ pid: z.int(), startedAt: z.string(), processStart: z.string().nullable() })
type Holder = z.infer<typeof holderSchema>

/**
 * Takes the workspace's lock: one run at a time. A lock left by a process that is gone is taken over.
 * @throws TrancheError busy, naming the process that holds it and since when
 */
export async function takeLock(path: string, clock: () => Date): Promise<{ release(): Promise<void> }> {
  const mine: Holder = {
    pid: process.pid,
    startedAt: clock().toISOString(),
    processStart: await processStart(process.pid),
  }
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, JSON.stringify(mine))) return { release: () => rm(path, { force: true }) }
    const holder = await readHolder(path)
    if (holder !== null && (await isAlive(holder))) throw held(holder)
    await rm(path, { force: true })
  }
  throw new TrancheError('busy', { en: 'Another run is starting.', zh: '另一个运行正在启动。' })
}

/** A link appears with its content or not at all, so nobody reads a half-written lock. */
async function create(path: string, content: string): Promise<boolean> {
  const own = `${path}.${process.pid}`
  await writeFile(own, content, { mode: 0o640 })
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

function held({ pid, startedAt }: Holder): TrancheError {
  return new TrancheError(
    'busy',
    {
      en: `Another run is under way: process ${pid}, since ${startedAt}.`,
      zh: `已有运行正在进行：进程 ${pid}，开始于 ${startedAt}。`,
    },
    {
      hint: { en: 'Wait for it to end, or stop it.', zh: '请等待其结束或先停止它。' },
      context: { pid, startedAt },
    },
  )
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

/** Start time of a process where the system tells it, so that a reused number is not taken for the old process. */
async function processStart(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return holder.processStart === null || holder.processStart === (await processStart(holder.pid))
}
