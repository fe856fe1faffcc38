import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ReportPolicy, reportPolicySchema } from '@tranche/contract'
import { type DefinitionProblem, fromError, fromZod } from './problems.ts'
import { readYamlFile } from './yaml-file.ts'

const name = 'policies/report.yaml'

/** Reads `policies/report.yaml`; without it, what its schema says holds. Null where it is wrong. */
export async function readReportPolicy(
  root: string,
  problems: DefinitionProblem[],
): Promise<ReportPolicy | null> {
  if (!existsSync(join(root, name))) return reportPolicySchema.parse({})
  try {
    const file = await readYamlFile(join(root, name), name)
    const outcome = reportPolicySchema.safeParse(file.content ?? {})
    if (outcome.success) return outcome.data
    problems.push(...fromZod(outcome.error, file))
  } catch (error) {
    problems.push(fromError(error))
  }
  return null
}
