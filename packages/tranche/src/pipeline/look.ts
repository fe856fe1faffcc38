import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Text } from '@tranche/contract'
import { folderOf } from '../engine/folder.ts'
import { TrancheError } from '../errors.ts'
import { openKeyring } from '../privacy/pseudonym.ts'
import { type AuditEntry, appendAudit } from '../store/audit.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type StateSurroundings, stateOptionsOf, withState } from './state.ts'

export interface LookOptions extends StateSurroundings {
  /** Who looks; default: the user of this process. */
  readonly who?: string
}

export interface Look extends Pick<AuditEntry, 'what' | 'detail'> {
  /** What is looked at: a table, a source, or one customer, who goes on record by a keyed pseudonym. */
  readonly subject: string | { readonly customer: string }
}

/**
 * Puts a look at people's data on record, before anything is given away. Where the embedded state can't be written (a
 * read-only disk, another user's folder) the look is not refused, since its files can be read without this program:
 * what is given then says so. @throws TrancheError where the state is on a server that can't be reached
 */
export async function recordLook(
  catalogue: Catalogue,
  { what, subject, detail }: Look,
  options: LookOptions = {},
): Promise<Text | null> {
  const { clock, env } = stateOptionsOf(catalogue, options)
  try {
    const name = typeof subject === 'string' ? subject : await pseudonymOf(catalogue, subject.customer, env)
    await withState(catalogue, options, (state) =>
      appendAudit(state, { who: options.who ?? currentUser(), what, subject: name, detail }, clock()),
    )
    return null
  } catch (error) {
    if (catalogue.workspace.state.engine !== 'sqlite' || !isUnwritable(error)) throw error
    return {
      en: 'This look is not on record: .tranche/state.sqlite can not be written.',
      zh: '此次查看未被记录：无法写入 .tranche/state.sqlite。',
    }
  }
}

/** The name under which looks at a customer are on record. */
export async function pseudonymOf(
  { dir }: Pick<Catalogue, 'dir'>,
  customer: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const keyring = await openKeyring({
    file: join(folderOf(dir).root, 'pseudonym.key'),
    secret: env['TRANCHE_PSEUDONYM_KEY'],
  })
  return keyring.sealCustomer(customer)
}

/** A user without an entry among the machine's users is known by number only. */
export function currentUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

function isUnwritable(error: unknown): boolean {
  if (error instanceof TrancheError) return error.code === 'unavailable'
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException | null)?.code ?? '')
}
