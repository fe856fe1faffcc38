import { basename, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { counted } from '@tranche/language'
import { openDuckDb } from '../../engine/duckdb.ts'
import { TrancheError } from '../../errors.ts'
import { proposeWorkspace, writeProposal } from '../../intake/propose/propose.ts'
import { templateNames } from '../../intake/propose/templates.ts'
import { requireEmpty } from '../empty-folder.ts'
import type { Invocation } from '../program.ts'

interface InitFlags {
  readonly from?: readonly string[]
  readonly template?: string
  readonly name?: string
  readonly yes: boolean
}

export async function act(
  { output, signal, streams }: Invocation,
  dir: string,
  flags: InitFlags,
): Promise<void> {
  const target = resolve(dir)
  await requireEmpty(target)
  if (flags.from === undefined && flags.template === undefined)
    throw new TrancheError(
      'invalid_input',
      { en: 'Nothing to start from.', zh: '没有可用的起点。' },
      {
        hint: {
          en: `Name files (--from customers.csv orders.xlsx) or a template (--template ${templateNames.join('|')}).`,
          zh: `请给出文件（--from 客户.csv 订单.xlsx）或模板（--template ${templateNames.join('|')}）。`,
        },
      },
    )
  const warehouse = await openDuckDb({ path: ':memory:' })
  const stop = () => warehouse.interrupt()
  signal.addEventListener('abort', stop)
  try {
    const proposal = await proposeWorkspace({
      files: (flags.from ?? []).map((file) => resolve(file)),
      target,
      name: flags.name ?? basename(target),
      warehouse,
      signal,
      ...(flags.template === undefined ? {} : { template: flags.template }),
    })
    for (const note of proposal.notes) output.say(`  ${output.pick(note)}`)
    if (
      !flags.yes &&
      !output.json &&
      process.stdin.isTTY &&
      !(await agreed(
        output.pick({ en: 'Write this workspace? [Y/n] ', zh: '写入该工作区？[Y/n] ' }),
        streams,
      ))
    )
      return
    const files = await writeProposal(target, proposal)
    if (output.json) output.document({ dir: target, files, notes: proposal.notes })
    output.say(
      proposal.sources.some(({ value }) => value.tables.length > 0)
        ? {
            en: `${counted(files.length, 'file', 'files')} written to ${dir}. Next: tranche -C ${dir} run`,
            zh: `已在 ${dir} 写入 ${files.length} 个文件。下一步：tranche -C ${dir} run`,
          }
        : {
            en: `${counted(files.length, 'file', 'files')} written to ${dir}. Nothing in these files names a customer, so a run would have nothing to report: map a column to customer_id in ${dir}/sources first.`,
            zh: `已在 ${dir} 写入 ${files.length} 个文件。这些文件未指明客户，运行将没有可报告的内容：请先在 ${dir}/sources 中将某列映射为 customer_id。`,
          },
    )
  } finally {
    signal.removeEventListener('abort', stop)
    warehouse.close()
  }
}

async function agreed(question: string, streams: Invocation['streams']): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: streams.stdout as NodeJS.WritableStream })
  const answer = await lines.question(question)
  lines.close()
  return !/^\s*(n|no|否|不)/i.test(answer)
}
