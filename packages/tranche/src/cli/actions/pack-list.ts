import { listPacks } from '../../pipeline/packs.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation): Promise<void> {
  const packs = await listPacks(dir)
  if (output.json) return output.document(packs)
  for (const { key, label, description, added } of packs)
    output.say({
      en: `${key.padEnd(14)} ${label.en}${added ? ' (added)' : ''}: ${description.en}`,
      zh: `${key.padEnd(14)} ${label.zh}${added ? '（已添加）' : ''}：${description.zh}`,
    })
}
