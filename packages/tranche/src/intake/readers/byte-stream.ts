import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { TrancheError } from '../../errors.ts'

export interface ByteSource {
  readonly file: string
  /** Size on disk. */
  readonly bytes: number
  readonly gzip: boolean
}

const chunkBytes = 1 << 20
const headBytes = 1 << 18

/** Looks at a file without reading it: its size, and whether its content (not its name) is gzip. */
export async function openBytes(file: string): Promise<ByteSource> {
  const { size } = await fileStat(file)
  const magic = await readStart(file, 2)
  return { file, bytes: size, gzip: magic[0] === 0x1f && magic[1] === 0x8b }
}

/** The content in pieces of about a megabyte, unzipped; the buffers must not be kept. */
export async function* readBytes(
  source: ByteSource,
  signal: AbortSignal | undefined,
  onRead?: (bytesOfFile: number) => void,
): AsyncIterable<Buffer> {
  const file = createReadStream(source.file, { highWaterMark: chunkBytes, ...(signal ? { signal } : {}) })
  let read = 0
  file.on('data', (chunk) => {
    read += chunk.length
    onRead?.(read)
  })
  try {
    if (!source.gzip) yield* file as AsyncIterable<Buffer>
    else {
      const unzip = createGunzip({ chunkSize: chunkBytes })
      file.on('error', (error) => unzip.destroy(error))
      yield* file.pipe(unzip) as AsyncIterable<Buffer>
    }
  } catch (cause) {
    throw readError(cause, source.file)
  } finally {
    file.destroy()
  }
}

/** The first bytes of the content, unzipped; at most a quarter of a megabyte. */
export async function readHead(source: ByteSource, bytes = headBytes): Promise<Buffer> {
  if (!source.gzip) return await readStart(source.file, bytes)
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of readBytes(source, undefined)) {
    parts.push(Buffer.from(chunk))
    length += chunk.length
    if (length >= bytes) break
  }
  return Buffer.concat(parts).subarray(0, bytes)
}

async function readStart(file: string, bytes: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r')
    try {
      const buffer = Buffer.alloc(bytes)
      const { bytesRead } = await handle.read(buffer, 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw readError(cause, file)
  }
}

async function fileStat(file: string): Promise<{ size: number }> {
  try {
    const found = await stat(file)
    if (found.isFile()) return found
  } catch (cause) {
    throw readError(cause, file)
  }
  throw new TrancheError(
    'invalid_source',
    { en: `${file} is not a file.`, zh: `${file} 不是文件。` },
    {
      place: { file },
      hint: {
        en: 'Name a file, or a pattern such as data/*.csv.',
        zh: '请指定文件，或 data/*.csv 这样的模式。',
      },
    },
  )
}

/** What went wrong with a file, in a reader's words. */
export function readError(cause: unknown, file: string): unknown {
  if (cause instanceof TrancheError) return cause
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ABORT_ERR')
    return new TrancheError('cancelled', { en: 'Reading was cancelled.', zh: '读取已取消。' }, { cause })
  if (code === 'ENOENT')
    return new TrancheError(
      'not_found',
      { en: `There is no file ${file}.`, zh: `文件 ${file} 不存在。` },
      { cause, place: { file }, hint: { en: 'Check the path.', zh: '请检查路径。' } },
    )
  if (code === 'EACCES' || code === 'EPERM')
    return new TrancheError(
      'invalid_source',
      { en: `${file} may not be read by this user.`, zh: `当前用户无权读取 ${file}。` },
      { cause, place: { file }, hint: { en: 'Give it read permission.', zh: '请为其添加读取权限。' } },
    )
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new TrancheError(
      'invalid_source',
      {
        en: `${file} is gzip, but damaged or cut off (${code}).`,
        zh: `${file} 是 gzip 压缩文件，但已损坏或被截断（${code}）。`,
      },
      {
        cause,
        place: { file },
        hint: {
          en: 'Copy or export the file again; "gzip -t" checks it.',
          zh: '请重新复制或导出；可用 “gzip -t” 检查。',
        },
      },
    )
  return cause
}
