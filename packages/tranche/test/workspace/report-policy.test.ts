import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkWorkspace, loadWorkspace } from '../../src/workspace/load.ts'

const rooms: string[] = []
afterEach(async () => {
  for (const room of rooms.splice(0)) await rm(room, { recursive: true, force: true })
})

async function workspaceWith(policy: string | null): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-policy-'))
  rooms.push(dir)
  await writeFile(join(dir, 'tranche.yaml'), 'name: {en: Example Bank, zh: 示例银行}\n')
  await mkdir(join(dir, 'policies'))
  if (policy !== null) await writeFile(join(dir, 'policies', 'report.yaml'), policy)
  return dir
}

describe('policies/report.yaml', () => {
  it('may be absent, empty, or say only a part', async () => {
    for (const text of [null, '', 'messages: 3\n']) {
      const { report } = await loadWorkspace(await workspaceWith(text))
      expect(report.audience).toBe('leadership')
      expect(report.messages).toBe(text?.startsWith('messages') ? 3 : 5)
    }
  })

  it.each([
    ['audience: everybody\n', 1, 1, 'audience: expected one of leadership, marketing, risk, compliance'],
    ['messages: 4\nlook:\n  accent: blue\n', 3, 3, 'look.accent: expected a colour such as #1F4E79'],
    ['sections:\n  - tiers\n  - limits\n', 3, 5, 'sections.1: expected one of'],
    ['messages: 9\n', 1, 1, 'messages: expected at most 5'],
    ['thresholds: {wieght: 3}\n', 1, 14, 'unrecognized: "wieght"'],
  ])('is refused with its place: %j', async (text, line, column, words) => {
    const { catalogue, problems } = await checkWorkspace(await workspaceWith(text))
    expect(catalogue).toBeNull()
    expect(problems[0]!.place).toEqual({ file: 'policies/report.yaml', line, column })
    expect(problems[0]!.text.en).toContain(words)
    expect(problems[0]!.text.zh).toMatch(/\p{Script=Han}/u)
  })
})
