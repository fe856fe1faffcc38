import type { Language, Text } from '@tranche/contract'
import { counted, formatCount, formatPercent } from '@tranche/language'
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
      ? {
          en: `${counted(segments, 'segment', 'segments')}, nothing to mend`,
          zh: `共 ${segments} 个客群，未发现问题`,
        }
      : {
          en: `${counted(segments, 'segment', 'segments')}, ${ailments.length} to look at:`,
          zh: `共 ${segments} 个客群，${ailments.length} 处需关注：`,
        },
  )
  for (const { en, zh } of linesOf(ailments, output.language)) output.say({ en: `  ${en}`, zh: `  ${zh}` })
}

/** One line for each ailment; those that many segments share for the same reason are one line of many names. */
function linesOf(ailments: readonly Ailment[], lang: Language): readonly Text[] {
  const count = (n: number) => formatCount(n, lang)
  const small = ailments.filter((one) => one.kind === 'too_small')
  const given = ailments.filter((one) => one.kind === 'proxy')
  const attributes = [...new Set(given.map(({ attribute }) => attribute))]
  const sizes = small
    .map(({ segment, customers, needed }) => `${segment} (${count(customers)} / ${count(2 * needed)})`)
    .join({ en: ', ', zh: '、' }[lang])
  return [
    ...(small.length === 0
      ? []
      : [
          {
            en: `too small to show a change of 5 points of those active in an experiment (customers / needed in two arms): ${sizes}`,
            zh: `规模不足以在实验中证实活跃占比变化5个百分点（客户数／两组共需）：${sizes}`,
          },
        ]),
    ...ailments.flatMap((one) =>
      one.kind === 'too_small' || one.kind === 'proxy' ? [] : [wordsOf(one, lang)],
    ),
    ...attributes.map((attribute) => {
      const told = given
        .filter((one) => one.attribute === attribute)
        .map(({ segment, cramersV }) => `${segment} (${cramersV.toFixed(2)})`)
        .join({ en: ', ', zh: '、' }[lang])
      return {
        en: `${attribute}, which the policy protects, can be told from who is in (Cramér's V): ${told}`,
        zh: `受保护属性 ${attribute} 可由成员身份推断（Cramér's V）：${told}`,
      }
    }),
  ]
}

function wordsOf(ailment: Exclude<Ailment, { readonly kind: 'too_small' | 'proxy' }>, lang: Language): Text {
  const count = (n: number) => formatCount(n, lang)
  switch (ailment.kind) {
    case 'empty':
      return { en: `${ailment.segment}: nobody is in it`, zh: `${ailment.segment}：没有成员` }
    case 'unknown':
      return {
        en: `${ailment.segment}: of ${counted(ailment.unknown, 'customer', 'customers')} (${formatPercent(ailment.share, { lang })}) it is not known whether they belong`,
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
    case 'rigid':
      return {
        en: `${ailment.segment}: ${ailment.name} is cut at ${ailment.cut} through a crowd; 2% higher or lower, ${counted(ailment.movers, 'customer', 'customers')} would change sides (${formatPercent(ailment.share, { lang })} of its members)`,
        zh: `${ailment.segment}：${ailment.name} 的分界 ${ailment.cut} 处客户密集；上下移动2%，将有 ${count(ailment.movers)} 位客户进出（相当于成员的 ${formatPercent(ailment.share, { lang })}）`,
      }
    case 'cold_start': {
      const share = formatPercent(ailment.share, { lang })
      const others = formatPercent(ailment.others, { lang })
      const { lacking, cell } = ailment
      const why =
        lacking === null ? null : { name: lacking.name, share: formatPercent(lacking.share, { lang }) }
      return {
        en: `${ailment.set}: ${share} of ${counted(ailment.customers, 'new customer', 'new customers')} fall into ${cell === null ? 'no cell' : cell} (others: ${others})${why === null ? '' : `; ${why.share} of them lack ${why.name}`}; keep newcomers apart`,
        zh: `${ailment.set}：${count(ailment.customers)} 位新客户中有 ${share} ${cell === null ? '不属于任何单元' : `落入 ${cell}`}（其他客户为 ${others}）${why === null ? '' : `；其中 ${why.share} 缺少 ${why.name}`}；宜将新客户单列`,
      }
    }
    case 'stale':
      return ailment.changed
        ? {
            en: `${ailment.segment} is stale: it was defined otherwise in the published run`,
            zh: `${ailment.segment} 已过时：已发布的运行所用定义与现在不同`,
          }
        : {
            en: `${ailment.segment} is stale: the newest row of ${ailment.oldestInput} lies ${counted(ailment.oldestInputDays ?? 0, 'day', 'days')} before the as-of`,
            zh: `${ailment.segment} 已过时：${ailment.oldestInput} 的最新数据距截至时点 ${count(ailment.oldestInputDays ?? 0)} 天`,
          }
  }
}
