import type { Language, Text } from '@tranche/contract'
import { formatCount, formatPercent } from '@tranche/language'
import type { Ailment } from '../../insights/health/health.ts'
import { checkHealth } from '../../pipeline/check-health.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

export async function act({ dir, output }: Invocation): Promise<void> {
  const health = await checkHealth(await loadWorkspace(dir))
  if (output.json) return output.document(health)
  const { segments, ailments } = health
  output.say(
    ailments.length === 0
      ? { en: `${segments} segments, nothing to mend`, zh: `共 ${segments} 个客群，未发现问题` }
      : {
          en: `${segments} segments, ${ailments.length} to look at:`,
          zh: `共 ${segments} 个客群，${ailments.length} 处需关注：`,
        },
  )
  for (const ailment of ailments) {
    const { en, zh } = wordsOf(ailment, output.language)
    output.say({ en: `  ${en}`, zh: `  ${zh}` })
  }
}

function wordsOf(ailment: Ailment, lang: Language): Text {
  const count = (n: number) => formatCount(n, lang)
  switch (ailment.kind) {
    case 'empty':
      return { en: `${ailment.segment}: nobody is in it`, zh: `${ailment.segment}：没有成员` }
    case 'too_small':
      return {
        en: `${ailment.segment}: ${count(ailment.customers)} customers are too few to measure; a change of 5 points of those active needs ${count(ailment.needed)} in each of two arms`,
        zh: `${ailment.segment}：${count(ailment.customers)} 位客户不足以衡量；要证实活跃占比变化5个百分点，两组各需 ${count(ailment.needed)} 位`,
      }
    case 'unknown':
      return {
        en: `${ailment.segment}: of ${count(ailment.unknown)} customers (${formatPercent(ailment.share, { lang })}) it is not known whether they belong`,
        zh: `${ailment.segment}：有 ${count(ailment.unknown)} 位客户（${formatPercent(ailment.share, { lang })}）无法判断是否属于`,
      }
    case 'redundant':
      return {
        en: `${ailment.segment} and ${ailment.other} are ${formatPercent(ailment.jaccard, { lang })} the same customers; one of them will do`,
        zh: `${ailment.segment} 与 ${ailment.other} 有 ${formatPercent(ailment.jaccard, { lang })} 的客户相同，保留其一即可`,
      }
    case 'over_segmented':
      return {
        en: `${ailment.set}: ${ailment.alike} of ${ailment.pairs} pairs of cells differ neither in value nor in activity; merging ${ailment.merge.join(' and ')} loses least`,
        zh: `${ailment.set}：${ailment.pairs} 对单元中有 ${ailment.alike} 对在价值与活跃上均无差异；合并 ${ailment.merge.join(' 与 ')} 损失最小`,
      }
    case 'unstable':
      return {
        en: `${ailment.set}: resamples find its clusters again by ${ailment.stability.toFixed(2)} only (adjusted Rand; 0.75 and more can be believed)`,
        zh: `${ailment.set}：重抽样一致性仅 ${ailment.stability.toFixed(2)}（调整兰德指数，0.75以上方可信）`,
      }
    case 'drifting':
      return {
        en: `${ailment.set}: the shares of its cells moved since the run before (PSI ${ailment.psi.toFixed(2)}; 0.25 and more is a shift)`,
        zh: `${ailment.set}：各单元占比较上次运行明显变化（PSI ${ailment.psi.toFixed(2)}，0.25 及以上视为偏移）`,
      }
    case 'proxy':
      return {
        en: `${ailment.segment} gives ${ailment.attribute} away (Cramér's V ${ailment.cramersV.toFixed(2)}): the policy protects it`,
        zh: `${ailment.segment} 会间接反映受保护属性 ${ailment.attribute}（Cramér's V ${ailment.cramersV.toFixed(2)}）`,
      }
  }
}
