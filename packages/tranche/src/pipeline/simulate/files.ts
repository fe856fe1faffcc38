import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { accountHeader } from './account-file.ts'
import { appUserHeader } from './app-files.ts'
import { applicationHeader } from './application-file.ts'
import { contactHeader, responseHeader } from './campaign.ts'
import { customerHeader } from './customer-file.ts'
import { bureauHeader, complaintHeader, referralHeader } from './service.ts'
import { stagedTables, type TextFile, textFiles } from './shard-state.ts'
import { encodeWord } from './vocabulary.ts'

export const fileNames: Record<TextFile, string> = {
  customers: 'customers.csv',
  app_users: 'app_users.csv',
  accounts: 'accounts.csv',
  applications: 'applications.csv',
  events: 'events.jsonl',
  contacts: 'contacts.csv',
  responses: 'responses.csv',
  bureau: 'bureau.csv',
  complaints: 'complaints.csv',
  referrals: 'referrals.csv',
}

const headers: Record<TextFile, string> = {
  customers: customerHeader,
  // What spreadsheets write: UTF-8 with a byte order mark.
  app_users: `\ufeff${appUserHeader}`,
  accounts: accountHeader,
  applications: applicationHeader,
  events: '',
  contacts: contactHeader,
  responses: responseHeader,
  bureau: bureauHeader,
  complaints: complaintHeader,
  referrals: referralHeader,
}

/** The text files of an institution, to which parts are appended in their order, whenever they come. */
export class TextFiles {
  readonly #handles = new Map<TextFile, FileHandle>()
  readonly #waiting = new Map<number, Record<string, Uint8Array>>()
  #next = 0

  static async create(dataFolder: string): Promise<TextFiles> {
    await Promise.all(
      [...stagedTables, ...textFiles.map((file) => fileNames[file])].map((name) =>
        rm(join(dataFolder, name), { recursive: true, force: true }),
      ),
    )
    await mkdir(dataFolder, { recursive: true })
    const files = new TextFiles()
    for (const file of textFiles) {
      const handle = await open(join(dataFolder, fileNames[file]), 'w')
      files.#handles.set(file, handle)
      await handle.writeFile(encodeWord(headers[file], file === 'customers' ? 'gb18030' : 'utf-8'))
    }
    return files
  }

  async append(part: number, texts: Record<string, Uint8Array>): Promise<void> {
    this.#waiting.set(part, texts)
    for (let ready = this.#waiting.get(this.#next); ready; ready = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++)
      for (const [file, handle] of this.#handles) await handle.writeFile(ready[file]!)
    }
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close()
  }
}
