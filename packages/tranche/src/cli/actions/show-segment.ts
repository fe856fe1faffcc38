import {
  counted,
  formatCount,
  formatInstant,
  parseExpression,
  type RuleQueryGroup,
  ruleToQuery,
} from '@tranche/language'
import { requireSegment, showSegment } from '../../pipeline/published-segments.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import { sayFreshness } from '../freshness.ts'
import type { Invocation } from '../program.ts'
import { unknownWords } from '../unknown-words.ts'
import { showSetOf } from './show-set.ts'

export async function act({ dir, output, streams }: Invocation, key: string): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  if (catalogue.segmentSets.some((set) => set.key === key)) return await showSetOf(catalogue, key, output)
  requireSegment(catalogue, key)
  const found = await showSegment(catalogue, key, streams.env)
  if (output.json) return output.document({ ...found, query: queryOf(found.rule) })
  const asOf = formatInstant(found.asOf, {
    lang: output.language,
    timeZone: catalogue.workspace.timeZone,
  })
  output.say({
    en: output.strong(`${found.label.en} (${found.key})`),
    zh: output.strong(`${found.label.zh}（${found.key}）`),
  })
  output.say(`  ${found.rule}`)
  const open = unknownWords(found.unknown, output.language)
  output.say({
    en: `  ${counted(found.customers, 'customer', 'customers')}; ${open.en}; as of ${asOf}`,
    zh: `  ${formatCount(found.customers, 'zh')} 位客户；${open.zh}；截至 ${asOf}`,
  })
  sayFreshness(output, found)
}

/** The rule as a visual builder holds it; null where the builder can't show all of it. */
function queryOf(rule: string): RuleQueryGroup | null {
  const parsed = parseExpression(rule)
  return parsed.ok ? ruleToQuery(parsed.expr) : null
}
