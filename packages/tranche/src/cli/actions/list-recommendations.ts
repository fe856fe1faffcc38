import { formatCount, formatUnit } from '@tranche/language'
import { listRecommendations } from '../../pipeline/recommendations.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'
import { statusWords } from '../record-step.ts'

export async function act({ dir, output, streams }: Invocation): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const found = await listRecommendations(catalogue, { env: streams.env })
  if (output.json) return output.document(found)
  const { language: lang } = output
  const { currency } = catalogue.workspace
  if (found.length === 0)
    output.say({
      en: 'The findings of the published run call for nothing.',
      zh: '已发布运行的结论没有引出行动建议。',
    })
  const width = Math.max(...found.map(({ key }) => key.length), 0)
  for (const { key, status, label, current, reach, unit, effect, realised } of found) {
    const size =
      reach === null ? '' : `  ${formatCount(reach, lang)}${lang === 'zh' ? '位客户' : ' customers'}`
    const number = (value: number) => formatUnit(value, { lang, unit, currency })
    const expected =
      effect === null ? '' : lang === 'zh' ? `，预期${number(effect)}` : `, ${number(effect)} expected`
    const got =
      realised === null
        ? ''
        : lang === 'zh'
          ? `，实现${number(realised.value)}`
          : `, ${number(realised.value)} realised`
    const old = current ? '' : { en: '  (not in the published run)', zh: '（不在已发布的运行中）' }[lang]
    output.say(
      `${key.padEnd(width)}  ${statusWords[status][lang]}${size}${expected}${got}  ${output.pick(label)}${old}`,
    )
  }
}
