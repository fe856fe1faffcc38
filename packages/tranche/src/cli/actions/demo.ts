import { join, relative, resolve } from 'node:path'
import { comparisonFile, runDemo } from '../../pipeline/demo.ts'
import { sayPlanted } from '../planted.ts'
import type { Invocation } from '../program.ts'
import { createProgress } from '../progress.ts'
import { describeRun, runWithProgress } from './run.ts'

export async function act(
  invocation: Invocation,
  dir: string,
  flags: { customers: number; seed: number },
): Promise<void> {
  const { output, signal, streams } = invocation
  const target = resolve(dir)
  const progress = createProgress(output, streams)
  const outcome = await runDemo({
    dir: target,
    customers: flags.customers,
    seed: flags.seed,
    signal,
    simulated: ({ customers }) => progress.event({ step: 'simulate', status: 'advanced', rows: customers }),
    run: async (catalogue) => {
      progress.stop()
      return await runWithProgress({ ...invocation, dir: target }, catalogue, {})
    },
  })
  progress.stop()
  if (output.json)
    return output.document({
      run: outcome.run.run,
      folder: outcome.run.folder.path,
      rows: outcome.run.manifest.rows,
      findings: outcome.findings,
      truth: outcome.truth,
    })
  describeRun(invocation, outcome.run)
  output.say('')
  output.say(output.strong(output.pick({ en: 'What matters most', zh: '最重要的结论' })))
  outcome.findings.forEach(({ text }, index) => {
    output.say(`${String(index + 1).padStart(3)}. ${output.pick(text)}`)
  })
  sayPlanted(output, outcome.truth, pathTo(join(target, comparisonFile)))
  const shown = pathTo(target) || '.'
  output.say('')
  output.say(output.strong(output.pick({ en: 'The report', zh: '报告' })))
  for (const language of ['en', 'zh'])
    output.say(`  ${pathTo(join(outcome.run.folder.path, `report.${language}.html`))}`)
  output.say('')
  output.say(output.strong(output.pick({ en: 'Type next', zh: '接下来可以输入' })))
  output.say('  tranche init my-bank --from my-files…')
  output.say(`  tranche -C ${shown} explain ${outcome.someCustomer}`)
  output.say(`  tranche -C ${shown} export customer_value --format xlsx --out value.xlsx`)
}

/** From here where it lies below, else the whole path: nobody counts the dots of ../../../. */
function pathTo(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
