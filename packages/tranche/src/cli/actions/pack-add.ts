import { plural } from '@tranche/language'
import { addPack } from '../../pipeline/packs.ts'
import type { StrategyName } from '../../pipeline/strategies.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation, name: StrategyName): Promise<void> {
  const added = await addPack(await loadWorkspace(dir), name)
  if (output.json) return output.document(added)
  const { about, files, features, metrics, segments, leftOut } = added
  output.say({
    en: output.strong(`${about.label.en}: ${segments.join(', ')}`),
    zh: output.strong(`${about.label.zh}：${segments.join('、')}`),
  })
  output.say({
    en: `  written: ${files.join(', ')}; ${features.length} ${plural(features.length, 'feature', 'features')} and ${metrics.length} ${plural(metrics.length, 'metric', 'metrics')} that were not there`,
    zh: `  已写入：${files.join('、')}；新增 ${features.length} 个特征、${metrics.length} 个指标`,
  })
  if (leftOut.length > 0)
    output.say({
      en: `  left out, for want of data: ${leftOut.join(', ')}`,
      zh: `  因缺少数据未添加：${leftOut.join('、')}`,
    })
  for (const caution of about.cautions) output.say({ en: `  ! ${caution.en}`, zh: `  ！${caution.zh}` })
  output.say({ en: 'Next: tranche run', zh: '下一步：tranche run' })
}
