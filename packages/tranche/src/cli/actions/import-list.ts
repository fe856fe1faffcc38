import type { IdentifierKind } from '@tranche/contract'
import { counted, formatCount } from '@tranche/language'
import { importList } from '../../pipeline/import-list.ts'
import { loadWorkspace } from '../../workspace/load.ts'
import type { Invocation } from '../program.ts'

interface ImportFlags {
  readonly column?: string
  readonly identifier?: IdentifierKind
}

export async function act(
  { dir, output, streams }: Invocation,
  key: string,
  file: string,
  flags: ImportFlags,
): Promise<void> {
  const imported = await importList(await loadWorkspace(dir), key, file, { ...flags, env: streams.env })
  if (output.json) return output.document(imported)
  const rows = formatCount(imported.rows, output.language)
  output.say({
    en: `${counted(imported.rows, 'row', 'rows')} taken in as the list ${key} (${imported.files.join(', ')}). Who is on it is known after: tranche run`,
    zh: `已导入名单 ${key}，共 ${rows} 行（${imported.files.join('、')}）。执行 tranche run 后即可得知匹配结果`,
  })
  if (flags.identifier !== undefined)
    output.say({
      en: '  Only pseudonyms were kept; matching needs a source with the same identifier under use: match.',
      zh: '  仅保留假名；匹配需要某个来源以 use: match 提供同类标识。',
    })
}
