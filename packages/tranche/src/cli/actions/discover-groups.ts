import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Purpose } from '@tranche/contract'
import { counted, formatCount, formatInstant, formatNumber, formatPercent } from '@tranche/language'
import { stringify } from 'yaml'
import { writeAtomically } from '../../engine/atomic-file.ts'
import { TrancheError } from '../../errors.ts'
import type { Discovery } from '../../insights/advise/discover.ts'
import { discoverGroups } from '../../pipeline/advise-goal.ts'
import { columnLabels } from '../../segments/column-labels.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'
import { sayOneDay, saySuspects } from './advise.ts'

interface DiscoverFlags {
  readonly goal: string
  readonly leaves: number
  readonly purpose: Purpose
  readonly save?: string
  readonly without?: readonly string[]
}

export async function act({ dir, output, signal }: Invocation, flags: DiscoverFlags): Promise<void> {
  const catalogue = await loadWorkspace(dir)
  const file = flags.save === undefined ? undefined : join(resolve(dir), flags.save)
  if (file !== undefined && existsSync(file)) throw alreadyThere(flags.save!)
  const found = await discoverGroups(catalogue, flags, signal)
  if (file !== undefined) {
    await mkdir(dirname(file), { recursive: true })
    await writeAtomically(file, segmentsOf(found, flags.purpose, catalogue))
  }
  if (output.json) return output.document(found)
  const lang = output.language
  const day = (instant: string) => formatInstant(instant, { lang, timeZone: catalogue.workspace.timeZone })
  const label = columnLabels([...catalogue.metrics, ...catalogue.features])(found.goal)
  const isRate = found.groups.every(({ low, high }) => low >= 0 && high <= 1)
  const value = (of: number) => (isRate ? formatPercent(of, { lang }) : formatNumber(of, { lang }))
  if (found.sameDay) {
    sayOneDay(output, label, found.customers)
    output.say({ en: `  ${value(found.mean)} on average`, zh: `  平均为 ${value(found.mean)}` })
  } else
    output.say({
      en: output.strong(
        `${label.en} by ${day(found.to)}, of customers as they were on ${day(found.from)}: ${value(found.mean)} on average`,
      ),
      zh: output.strong(
        `${label.zh}：以 ${day(found.from)} 的客户状况，截至 ${day(found.to)} 平均为 ${value(found.mean)}`,
      ),
    })
  if (found.groups.length === 0)
    return output.say({
      en: '  nothing tells customers apart for this goal',
      zh: '  没有能区分该目标的客户群',
    })
  const others = found.groups.reduce((sum, { n }) => sum + n, 0)
  output.say({
    en: `  found on one half of the customers, judged on the other half of ${formatCount(others, lang)}:`,
    zh: `  由一半客户找出，以另一半的 ${formatCount(others, lang)} 位客户检验：`,
  })
  for (const { rule, n, mean, low, high, shown } of found.groups)
    output.say({
      en: `  ${value(mean)} (${value(low)} to ${value(high)}), ${counted(n, 'customer', 'customers')}${shown ? '' : ', not told from the average'}: ${rule}`,
      zh: `  ${value(mean)}（${value(low)}至${value(high)}），${formatCount(n, lang)} 位客户${shown ? '' : '，与平均无显著差异'}：${rule}`,
    })
  saySuspects(output, found.suspects, columnLabels(catalogue.features))
  if (file !== undefined) output.say({ en: `Written: ${flags.save}`, zh: `已写入 ${flags.save}` })
}

/** Groups that hold, as definitions of segments. */
function segmentsOf({ goal, groups }: Discovery, purpose: Purpose, catalogue: Catalogue): string {
  const label = columnLabels([...catalogue.metrics, ...catalogue.features])(goal)
  const definitions = groups
    .filter(({ shown }) => shown)
    .map(({ rule, lift }, index) => {
      const times = lift === null ? '' : ` ×${lift.toFixed(1)}`
      return {
        key: `${goal}_group_${index + 1}`,
        label: { en: `${label.en}, group ${index + 1}${times}`, zh: `${label.zh}分组${index + 1}${times}` },
        rule,
        purposes: [purpose],
      }
    })
  return stringify(definitions, { lineWidth: 0 })
}

function alreadyThere(file: string): TrancheError {
  return new TrancheError(
    'invalid_input',
    { en: `${file} is there already.`, zh: `${file} 已存在。` },
    { hint: { en: 'Name another file.', zh: '请指定其他文件名。' } },
  )
}
