import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { normaliseIdentifier, openKeyring } from '../../src/privacy/pseudonym.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

it('generates a key that only its owner can read, and keeps it', async () => {
  const file = join(dir, 'deep/pseudonym.key')
  const first = await openKeyring({ file })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const again = await openKeyring({ file })
  expect(again.seal('phone', '13800000001')).toBe(first.seal('phone', '13800000001'))
  expect(again.fingerprint).toBe(first.fingerprint)
})

it('takes the key from the environment before the file, with its version', async () => {
  const file = join(dir, 'pseudonym.key')
  const keyring = await openKeyring({ file, secret: '3:0123456789abcdef' })
  expect(keyring.version).toBe(3)
  // HMAC-SHA-256 of "phone\x1f13800000001" under that secret, first 16 bytes.
  expect(keyring.seal('phone', '+86 138-0000-0001')).toBe('p3_cb4bfb2e54a489cec8a02b49cdb94c2b')
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

it('refuses a short secret, a key others can read, and a file that holds no key', async () => {
  const file = join(dir, 'pseudonym.key')
  await expect(openKeyring({ file, secret: 'short' })).rejects.toMatchObject({ code: 'invalid_input' })
  await writeFile(file, `1:${'a'.repeat(64)}\n`)
  await chmod(file, 0o644)
  await expect(openKeyring({ file })).rejects.toMatchObject({
    code: 'refused',
    hint: { en: `Run: chmod 600 ${file}` },
  })
  await chmod(file, 0o600)
  await openKeyring({ file })
  await writeFile(file, 'not a key')
  await expect(openKeyring({ file })).rejects.toMatchObject({ code: 'damaged' })
  expect(await readFile(file, 'utf8')).toBe('not a key')
})

it('writes one spelling for the ways in which people write the same identifier', () => {
  expect(
    ['+86 138 0000 0001', '0086-13800000001', '１３８００００0001'].map((text) =>
      normaliseIdentifier('phone', text),
    ),
  ).toEqual(Array(3).fill('13800000001'))
  expect(normaliseIdentifier('phone', '+420 777 123 456')).toBe('420777123456')
  expect(normaliseIdentifier('email', ' A.B@X.CN ')).toBe('a.b@x.cn')
  expect(normaliseIdentifier('id_number', '11010119900307013x')).toBe('11010119900307013X')
  expect(normaliseIdentifier('name', '张　三')).toBe('张三')
})

it('makes nothing of nothing, and tells kinds apart', async () => {
  const keyring = await openKeyring({ file: join(dir, 'k'), secret: '0123456789abcdef' })
  expect(keyring.seal('phone', ' - ')).toBeNull()
  expect(keyring.seal('phone', '123456')).not.toBe(keyring.seal('card_number', '123456'))
  expect(keyring.seal('phone', '123456')).toMatch(/^p1_[0-9a-f]{32}$/)
})
