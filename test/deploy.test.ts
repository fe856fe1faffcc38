import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceSchema } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')
const textOf = (...path: readonly string[]) => readFileSync(join(root, ...path), 'utf8')

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly volumes?: readonly string[]; readonly depends_on?: object; readonly network_mode?: string }
    >
  >
  readonly volumes: object
}

const { services, volumes } = parse(textOf('deploy', 'compose.yaml'), { merge: true }) as Compose

describe('Containers', () => {
  it('mount files that are there, volumes that are named, and wait for services that exist', () => {
    const mounted = Object.values(services).flatMap((service) => service.volumes ?? [])
    for (const mount of mounted.filter((text) => !text.startsWith('${'))) {
      const [from] = mount.split(':')
      if (from!.startsWith('.')) expect([from, existsSync(join(root, 'deploy', from!))]).toEqual([from, true])
      else expect(Object.keys(volumes)).toContain(from)
    }
    expect(mounted.length).toBeGreaterThan(10)
    const awaited = Object.values(services).flatMap(({ depends_on: on, network_mode: mode }) => [
      ...Object.keys(on ?? {}),
      ...(mode === undefined ? [] : [mode.replace('service:', '')]),
    ])
    expect(Object.keys(services)).toEqual(expect.arrayContaining(awaited))
    expect(statSync(join(root, 'deploy', 'postgres', '10-lake.sh')).mode & 0o111).not.toBe(0)
  })

  it('are built from everything that a package of this project consists of', () => {
    const copied = [...textOf('deploy', 'Containerfile').matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, from]) =>
      from!.split(' '),
    )
    for (const path of copied) expect([path, existsSync(join(root, path))]).toEqual([path, true])
    const packages = readdirSync(join(root, 'packages'))
    expect(copied).toEqual(
      expect.arrayContaining(
        packages.flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/src/`]),
      ),
    )
  })

  it('read a workspace that names their cluster', () => {
    const named = parse(textOf('deploy', 'warehouse.yaml')) as object
    const workspace = { name: { en: 'Bank', zh: '银行' }, timeZone: 'UTC', currency: 'EUR', ...named }
    expect(workspaceSchema.parse(workspace)).toMatchObject({
      warehouse: { engine: 'trino', shared: { folder: '/lake/tranche' } },
      state: { engine: 'postgres', host: 'postgres' },
    })
  })
})
