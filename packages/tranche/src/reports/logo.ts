import { readFile } from 'node:fs/promises'
import { extname, relative, resolve } from 'node:path'
import { TrancheError } from '../errors.ts'

const largestBytes = 200_000
const types: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png' }

/** The firm's mark as a data address, so that the report asks for no file. @throws TrancheError not_found, invalid_input */
export async function readLogo(dir: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const path = resolve(dir, file)
  const type = types[extname(path).toLowerCase()]
  const place = { place: { file: 'policies/report.yaml' } }
  if (type === undefined || relative(dir, path).startsWith('..'))
    throw new TrancheError(
      'invalid_input',
      {
        en: `look.logo: expected an SVG or PNG file in the workspace, found ${file}.`,
        zh: `look.logo：应为工作区内的 SVG 或 PNG 文件，实际为 ${file}。`,
      },
      place,
    )
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw new TrancheError(
      'not_found',
      { en: `look.logo: there is no file ${file}.`, zh: `look.logo：文件 ${file} 不存在。` },
      { ...place, cause },
    )
  }
  if (bytes.length > largestBytes)
    throw new TrancheError(
      'invalid_input',
      {
        en: `look.logo: ${file} has ${bytes.length} bytes; at most ${largestBytes} are taken.`,
        zh: `look.logo：${file} 有 ${bytes.length} 字节，最多 ${largestBytes} 字节。`,
      },
      place,
    )
  return `data:${type};base64,${bytes.toString('base64')}`
}
