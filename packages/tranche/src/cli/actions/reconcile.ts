import { counted, formatCount, plural } from '@tranche/language'
import { TrancheError } from '../../errors.ts'
import { reconcilePublished } from '../../pipeline/reconcile.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output, streams }: Invocation): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const lines = await reconcilePublished(catalogue, streams.env)
  if (output.json) output.document(lines)
  for (const { key, published, recomputed, agrees } of lines)
    output.say(`${agrees ? '=' : '≠'} ${key}: ${published}${agrees ? '' : ` / ${recomputed}`}`)
  const off = lines.filter(({ agrees }) => !agrees).length
  if (off > 0)
    throw new TrancheError('refused', {
      en: `${formatCount(off, 'en')} of ${counted(lines.length, 'number', 'numbers')} ${plural(off, "doesn't", "don't")} reconcile.`,
      zh: `${lines.length} 个数字中有 ${off} 个对不上。`,
    })
  output.say({ en: `All ${lines.length} numbers reconcile.`, zh: `${lines.length} 个数字全部核对一致。` })
}
