import type { Text } from '@tranche/contract'
import { plural } from '@tranche/language'
import type { ProgressEvent } from '../engine/run-context.ts'
import type { Output, Streams } from './output.ts'

/** What the steps of a run are called; sources and files keep their own names. */
const steps: Readonly<Record<string, Text>> = {
  simulate: { en: 'Simulating', zh: '模拟' },
  intake: { en: 'Intake and quality', zh: '数据接入与质量' },
  quality: { en: 'Quality', zh: '数据质量' },
  standard: { en: 'Standard tables to the cluster', zh: '标准表送往集群' },
  features: { en: 'Features', zh: '特征' },
  metrics: { en: 'Metrics', zh: '指标' },
  value: { en: 'Customer value', zh: '客户价值' },
  bring: { en: 'Customers from the cluster', zh: '从集群取回客户结果' },
  segments: { en: 'Segments', zh: '客群' },
  facts: { en: 'Customer facts', zh: '客户补充信息' },
  findings: { en: 'Findings', zh: '结论' },
  reports: { en: 'Reports', zh: '报告' },
  give: { en: 'Segments and findings to the cluster', zh: '客群与结论送往集群' },
}

/** One line a step: rewritten in place on a terminal, printed once finished elsewhere. */
export function createProgress(
  output: Output,
  streams: Streams,
): { event(event: ProgressEvent): void; stop(): void } {
  const screen = streams.stderr.isTTY === true
  let open = ''
  /** When each step began, of those that don't time themselves. */
  const began = new Map<string, number>()
  const name = (step: string) => {
    const [first, ...rest] = step.split(' ')
    const label = steps[first ?? ''] === undefined ? (first ?? '') : output.pick(steps[first ?? '']!)
    return rest.length === 0 ? label : `${label} ${rest.join(' ')}`
  }
  const clear = () => {
    if (open !== '') streams.stderr.write('\r\u001b[2K')
    open = ''
  }
  return {
    event: (event) => {
      if (event.status === 'started') began.set(event.step, performance.now())
      if (event.status === 'started' || event.status === 'advanced') {
        if (!screen) return
        clear()
        open = `… ${name(event.step)}${event.rows === undefined ? '' : ` ${count(event.rows, output)}`}`
        streams.stderr.write(open)
        return
      }
      clear()
      const rows = event.rows === undefined ? '' : ` ${count(event.rows, output)}`
      const since = began.get(event.step)
      const seconds = event.seconds ?? (since === undefined ? 0 : (performance.now() - since) / 1000)
      const time =
        event.status === 'reused'
          ? output.pick({ en: 'done before', zh: '已完成' })
          : `${seconds.toFixed(1)} s`
      streams.stderr.write(
        `${event.status === 'reused' ? '·' : '✓'} ${name(event.step)}${rows} ${output.faint(time)}\n`,
      )
    },
    stop: clear,
  }
}

function count(rows: number, output: Output): string {
  const number = new Intl.NumberFormat(output.language === 'zh' ? 'zh-CN' : 'en').format(rows)
  return output.pick({ en: `${number} ${plural(rows, 'row', 'rows')}`, zh: `${number} 行` })
}
