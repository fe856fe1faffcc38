import type { Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { FaultCount, IntakeState } from '../intake-state.ts'
import type { Noticed } from './noticed.ts'

/** Why rows of tables of the cluster are stepped over, column by column. */
export function steppedOver({ files }: Pick<IntakeState, 'files'>): readonly Noticed[] {
  return files.flatMap(({ source, tables }) =>
    tables.flatMap(({ table, read, faults = [] }) =>
      faults.map((fault): Noticed => {
        const failed =
          fault.missing + fault.unreadable + (fault.contradicted ?? 0) + (fault.orphans?.rows ?? 0)
        return {
          ...{ source, table, column: fault.column, kind: 'stepped_over', status: 'info' },
          ...{ n: read, failed, observed: failed / read },
          message: faultText(fault),
        }
      }),
    ),
  )
}

/** What is wrong with a column, with what such texts look like and never with one of them. */
export function faultText(fault: FaultCount): Text {
  const { column, missing, unreadable, looks, contradicted = 0, orphans } = fault
  const like = looks === null ? '' : JSON.stringify(looks)
  const en = [
    ...(missing > 0 ? [`${counted(missing, 'row has', 'rows have')} nothing in it`] : []),
    ...(unreadable > 0
      ? [
          `${counted(unreadable, 'row has', 'rows have')} something in it that can't be read${like === '' ? '' : `, such as ${like} (a for any letter, 9 for any digit)`}`,
        ]
      : []),
    ...(contradicted > 0
      ? [
          `${counted(contradicted, 'row contradicts', 'rows contradict')} another of the same key, which was known later`,
        ]
      : []),
    ...(orphans === undefined
      ? []
      : [`${counted(orphans.rows, 'row names', 'rows name')} nothing that is in ${orphans.table}`]),
  ]
  const zh = [
    ...(missing > 0 ? [`${missing} 行为空`] : []),
    ...(unreadable > 0
      ? [`${unreadable} 行无法识别${like === '' ? '' : `，形如 ${like}（a 代表任一字母，9 代表任一数字）`}`]
      : []),
    ...(contradicted > 0 ? [`${contradicted} 行与同一键的另一行矛盾，以较晚获知的为准`] : []),
    ...(orphans === undefined ? [] : [`${orphans.rows} 行在 ${orphans.table} 中找不到对应`]),
  ]
  return { en: `${column}: ${en.join('; ')}.`, zh: `${column}：${zh.join('；')}。` }
}
