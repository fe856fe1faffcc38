import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { timeZone } from './calendar.ts'
import { eventSources } from './sources-of-events.ts'
import { recordSources } from './sources-of-records.ts'

const workspace = {
  name: { en: 'Simulated institution', zh: '模拟机构' },
  timeZone,
  currency: 'CNY',
  locale: 'zh',
  value: { where: 'kind == "purchase"' },
  identity: [{ systems: ['core', 'app'], by: ['phone'] }],
}

/** Writes tranche.yaml and sources/, which map every file to the standard model. */
export async function writeWorkspace(dir: string): Promise<void> {
  await mkdir(join(dir, 'sources'), { recursive: true })
  await writeFile(
    join(dir, 'tranche.yaml'),
    `# A simulated institution: a lender and card issuer with wealth products. truth.json says what was planted.\n${stringify(workspace)}`,
  )
  for (const source of [...recordSources, ...eventSources])
    await writeFile(
      join(dir, 'sources', `${source.key}.yaml`),
      `# ${source.label.en} · ${source.label.zh}\n${stringify(source, { lineWidth: 0 })}`,
    )
}
