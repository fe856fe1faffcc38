import type { Text, Workspace } from '@tranche/contract'
import type { Catalogue } from './catalogue.ts'
import { type DefinitionProblem, fromError } from './problems.ts'
import { tableScope, typedExpression } from './row-expression.ts'
import type { YamlFile } from './yaml-file.ts'

/** What a schema can't see of `tranche.yaml`: that its parts fit each other, and that its expressions are right. */
export function checkSettings(
  workspace: Workspace,
  catalogue: Pick<Catalogue, 'extras'>,
  file: Pick<YamlFile, 'placeOf'>,
): readonly DefinitionProblem[] {
  return [
    ...zone(workspace, file),
    ...cluster(workspace, file),
    ...stateThere(workspace, file),
    ...tiers(workspace, file),
    ...cutPoints(workspace, file),
    ...identity(workspace, file),
    ...expressions(workspace, catalogue, file),
  ]
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

type File = Pick<YamlFile, 'placeOf'>

const problem = (file: File, path: readonly PropertyKey[], text: Text): DefinitionProblem => ({
  severity: 'error',
  place: file.placeOf(path),
  text: { en: `${path.join('.')}: ${text.en}`, zh: `${path.join('.')}：${text.zh}` },
})

function zone({ timeZone }: Workspace, file: File): readonly DefinitionProblem[] {
  if (isZone(timeZone)) return []
  const found = JSON.stringify(timeZone)
  return [
    problem(file, ['timeZone'], {
      en: `expected an IANA zone such as Asia/Shanghai, found ${found}.`,
      zh: `应为 IANA 时区，例如 Asia/Shanghai，实际为 ${found}。`,
    }),
  ]
}

function stateThere({ warehouse, state }: Workspace, file: File): readonly DefinitionProblem[] {
  if (warehouse.engine !== 'trino' || warehouse.stateCatalog === undefined || state.engine === 'postgres')
    return []
  return [
    problem(file, ['warehouse', 'stateCatalog'], {
      en: 'a cluster reaches the state only on a server: state.engine: postgres.',
      zh: '集群只能访问服务器上的状态库：请设 state.engine: postgres。',
    }),
  ]
}

const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/** Rows of customers travel to a cluster and back: on an open line only within the machine. */
function cluster({ warehouse }: Workspace, file: File): readonly DefinitionProblem[] {
  if (warehouse.engine !== 'trino') return []
  const { protocol, hostname } = new URL(warehouse.url)
  if (protocol === 'https:' || thisMachine.includes(hostname)) return []
  return [
    problem(file, ['warehouse', 'url'], {
      en: `expected an address that begins with https, found ${JSON.stringify(warehouse.url)}.`,
      zh: `应为以 https 开头的地址，实际为 ${JSON.stringify(warehouse.url)}。`,
    }),
  ]
}

function tiers({ tiers: settings }: Workspace, file: File): readonly DefinitionProblem[] {
  if (settings.by === 'rank') {
    const { shares } = settings
    const total = shares.reduce((sum, share) => sum + share, 0)
    if (shares.every((share) => share >= 0) && Math.abs(total - 1) < 1e-6) return []
    return [
      problem(file, ['tiers', 'shares'], {
        en: `expected three shares of 0 or more that make 1, found ${shares.join(', ')}.`,
        zh: `应为三个不小于 0 且合计为 1 的占比，实际为 ${shares.join('、')}。`,
      }),
    ]
  }
  const { high, medium, by } = settings
  if (by === 'cuts' ? high > medium : high < medium) return []
  return [
    problem(file, ['tiers', 'high'], {
      en: `expected ${by === 'cuts' ? 'more' : 'less'} than medium (${medium}), found ${high}.`,
      zh: `应${by === 'cuts' ? '大' : '小'}于 medium（${medium}），实际为 ${high}。`,
    }),
  ]
}

function cutPoints({ rfm }: Workspace, file: File): readonly DefinitionProblem[] {
  if (rfm.convention !== 'cuts') return []
  return (['r', 'f', 'm'] as const).flatMap((letter) => {
    const cuts = rfm.cuts?.[letter] ?? []
    const ascending = cuts.every((cut, index) => index === 0 || cut > cuts[index - 1]!)
    if (cuts.length > 0 && ascending) return []
    const found = cuts.join(', ') || '-'
    return [
      problem(file, ['rfm', 'cuts', letter], {
        en: `convention: cuts needs ascending cut points, found ${found}.`,
        zh: `convention: cuts 需要递增的分界点，实际为 ${found}。`,
      }),
    ]
  })
}

function identity({ identity: pairs }: Workspace, file: File): readonly DefinitionProblem[] {
  return pairs.flatMap(({ by, pairs: source }, index) =>
    by !== undefined || source !== undefined
      ? []
      : [
          problem(file, ['identity', index], {
            en: 'expected by (identifiers to match) or pairs (a source of given pairs), found neither.',
            zh: '应给出 by（用于匹配的标识）或 pairs（给定对应关系的来源），两者均未给出。',
          }),
        ],
  )
}

function expressions(
  { value }: Workspace,
  catalogue: Pick<Catalogue, 'extras'>,
  file: File,
): readonly DefinitionProblem[] {
  const scope = tableScope(catalogue, 'transactions')
  const check = (part: 'where' | 'amount', type: 'bool' | 'number') => {
    const text = value[part]
    if (text === undefined) return []
    try {
      typedExpression(text, scope, file.placeOf(['value', part]), [type])
      return []
    } catch (error) {
      return [fromError(error)]
    }
  }
  return [...check('where', 'bool'), ...check('amount', 'number')]
}
