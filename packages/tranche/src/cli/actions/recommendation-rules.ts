import { listRules, saveStarterRules } from '../../pipeline/recommendation-rules.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, flags: { save: boolean }): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const files = flags.save ? await saveStarterRules(catalogue) : []
  const rules = await listRules(catalogue)
  if (output.json) return output.document({ rules, files })
  const width = Math.max(...rules.map(({ key }) => key.length), 0)
  for (const { key, label, origin, made } of rules) {
    const from = origin === 'starter' ? { en: 'starter set', zh: '内置' } : { en: 'own', zh: '自定义' }
    const came =
      made === null
        ? { en: 'not in the published run', zh: '不在已发布的运行中' }
        : made === 0
          ? { en: 'called for nothing', zh: '未引出建议' }
          : { en: `${made} made`, zh: `引出${made}项建议` }
    output.say(`${key.padEnd(width)}  ${output.pick(from)}, ${output.pick(came)}  ${output.pick(label)}`)
  }
  for (const file of files) output.say({ en: `Written: ${file}`, zh: `已写入：${file}` })
}
