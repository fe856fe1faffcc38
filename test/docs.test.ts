import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { referencePages } from '../docs/reference/generate.ts'

const root = resolve(import.meta.dirname, '..')
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)))

describe('documents', () => {
  test('there are some', () => {
    expect(pages.length).toBeGreaterThan(5)
  })

  test.each(pages)('links of %s lead somewhere', (page) => {
    const text = readFileSync(join(root, page), 'utf8')
      .replace(/```[\s\S]*?```/g, '')
      .replace(/`[^`\n]*`/g, '')
    const links = [...text.matchAll(/!?\[[^\]]*\]\(([^)\s]+)\)/g)].map((match) => match[1]!)
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link) && !link.startsWith('#'))
      .filter((link) => !existsSync(resolve(root, dirname(page), decodeURI(link.split('#')[0]!))))
    expect(broken).toEqual([])
  })

  test('generated pages are what the contract and the command line say', () => {
    for (const [name, content] of referencePages())
      expect(readFileSync(join(root, 'docs/reference', name), 'utf8'), `${name}: run \`npm run docs\``).toBe(
        content,
      )
  })

  test('every page of the guide exists in both languages', () => {
    const guide = pages.filter((page) => page.startsWith('docs/guide/'))
    const names = (language: string) =>
      guide
        .filter((page) => page.startsWith(`docs/guide/${language}/`))
        .map((page) => page.slice(`docs/guide/${language}/`.length))
    expect(names('en').length).toBeGreaterThanOrEqual(4)
    expect(names('zh')).toEqual(names('en'))
  })
})
