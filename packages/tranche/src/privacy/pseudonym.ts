import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { IdentifierKind } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

/** Turns direct identifiers into keyed pseudonyms. The same person gives the same pseudonym under one key. */
export interface Keyring {
  /** Version of the key, part of every pseudonym made with it. */
  readonly version: number
  /** Tells one key from another without giving it away: pseudonyms made with another key can't be compared. */
  readonly fingerprint: string
  /** The pseudonym of an identifier, or null where nothing is left of it after normalisation. */
  seal(kind: IdentifierKind, text: string): string | null
  /** What stands for a customer's number where it is not to be read. */
  sealCustomer(customer: string): string
}

export interface KeyringOptions {
  /** File of the generated key, `.tranche/pseudonym.key`. */
  readonly file: string
  /** Value of TRANCHE_PSEUDONYM_KEY: `secret` or `version:secret`. It wins over the file. */
  readonly secret?: string | undefined
}

/**
 * Opens the key given by the environment, or the one in the file, which is generated (mode 0600) if absent.
 * @throws TrancheError invalid_input for a secret under 16 characters; refused for a key file others can read;
 *   damaged for one that holds no key
 */
export async function openKeyring({ file, secret }: KeyringOptions): Promise<Keyring> {
  if (secret !== undefined && secret !== '') return keyringOf(secret, 'TRANCHE_PSEUDONYM_KEY')
  return keyringOf((await readKey(file)) ?? (await generateKey(file)), file)
}

/** HMAC-SHA-256 over kind and normalised text, cut to 128 bits. */
function createKeyring(version: number, secret: Uint8Array): Keyring {
  // Made once: of plain bytes every HMAC makes a key anew, at eight times its own cost.
  const key = createSecretKey(secret)
  const pseudonym = (kind: string, text: string) => {
    const digest = createHmac('sha256', key).update(`${kind}\x1f${text}`, 'utf8').digest()
    return `p${version}_${digest.subarray(0, 16).toString('hex')}`
  }
  return {
    version,
    fingerprint: createHmac('sha256', key).update('fingerprint', 'utf8').digest('hex').slice(0, 16),
    seal: (kind, text) => {
      const normal = normaliseIdentifier(kind, text)
      return normal === '' ? null : pseudonym(kind, normal)
    },
    sealCustomer: (customer) => pseudonym('customer', customer),
  }
}

/** The spelling under which two systems write the same phone, e-mail, number, name or address. */
export function normaliseIdentifier(kind: IdentifierKind, text: string): string {
  const plain = text.normalize('NFKC').trim()
  switch (kind) {
    case 'phone':
      return normalisePhone(plain)
    case 'email':
    case 'name':
    case 'address':
      return plain.toLowerCase().replace(/\s+/gu, '')
    case 'id_number':
      return plain.toUpperCase().replace(/[^0-9A-Z]/g, '')
    case 'card_number':
      return plain.replace(/\D/g, '')
  }
}

/** Mainland numbers lose their country code, others keep theirs without + or 00. */
function normalisePhone(plain: string): string {
  const digits = plain.replace(/\D/g, '').replace(/^00/, '')
  return /^86(?=1\d{10}$)/.test(digits) ? digits.slice(2) : digits
}

const shortestSecret = 16

function keyringOf(text: string, where: string): Keyring {
  const match = /^(?:(\d{1,6}):)?(.+)$/s.exec(text.trim())
  const secret = match?.[2] ?? ''
  if (secret.length < shortestSecret)
    throw new TrancheError(
      'invalid_input',
      {
        en: `The key of the pseudonyms (${where}) has ${secret.length} characters; at least ${shortestSecret} are needed.`,
        zh: `假名密钥（${where}）只有 ${secret.length} 个字符，至少需要 ${shortestSecret} 个。`,
      },
      { hint: { en: 'Use 64 random hexadecimal digits.', zh: '请使用 64 位随机十六进制数。' } },
    )
  return createKeyring(Number(match?.[1] ?? 1), Buffer.from(secret, 'utf8'))
}

async function readKey(file: string): Promise<string | undefined> {
  let mode: number
  try {
    mode = (await stat(file)).mode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new TrancheError(
      'refused',
      {
        en: `The key file ${file} can be read by others (mode ${(mode & 0o777).toString(8)}).`,
        zh: `密钥文件 ${file} 可被他人读取（权限 ${(mode & 0o777).toString(8)}）。`,
      },
      { hint: { en: `Run: chmod 600 ${file}`, zh: `请执行：chmod 600 ${file}` } },
    )
  const text = (await readFile(file, 'utf8')).trim()
  if (!/^\d+:[0-9a-f]{64}$/.test(text))
    throw new TrancheError(
      'damaged',
      {
        en: `The key file ${file} holds no key of the form version:64 hexadecimal digits.`,
        zh: `密钥文件 ${file} 的内容不是“版本:64 位十六进制数”。`,
      },
      {
        hint: {
          en: 'Restore it from a backup; with another key, people matched before are matched anew.',
          zh: '请从备份恢复；更换密钥后需重新匹配客户。',
        },
      },
    )
  return text
}

async function generateKey(file: string): Promise<string> {
  const text = `1:${randomBytes(32).toString('hex')}`
  await mkdir(dirname(file), { recursive: true, mode: 0o750 })
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return text
}
