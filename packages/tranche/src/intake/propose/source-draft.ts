import type { IdentifierKind, Text } from '@tranche/contract'
import type { IdentifierDraft, SourceDraft, Subject, TableDraft } from './draft.ts'
import { quoted } from './map-column.ts'

const matchable: ReadonlySet<IdentifierKind> = new Set(['phone', 'email', 'id_number', 'card_number'])

/** A source with its tables, and with what becomes of columns that name persons. */
export function sourceDraft(
  subject: Subject,
  tables: readonly TableDraft[],
  notes: readonly Text[],
  shared: ReadonlySet<IdentifierKind>,
  system: string | undefined,
): SourceDraft {
  const keys = new Set(tables.map((table) => table.columns.get('customer_id')?.mapping.from))
  const identifiers: IdentifierDraft[] = [...subject.identifiers].map(([column, { kind, by }]) => {
    const isKey = keys.has(column)
    const use = isKey ? 'pseudonym' : matchable.has(kind) && shared.has(kind) ? 'match' : 'drop'
    return { column, kind, use, why: identifierReason(by, use) }
  })
  const sealed = identifiers.map(({ column, use }) => ({
    en: `${subject.title}: ${quoted(column)} names persons; it is ${use === 'drop' ? 'dropped' : use === 'match' ? 'used only to match systems, as a keyed pseudonym' : 'replaced by a keyed pseudonym, which numbers the customers'}.`,
    zh: `${subject.title}：${quoted(column)} 为直接标识信息，${use === 'drop' ? '不入库' : use === 'match' ? '仅以带密钥的假名用于跨系统匹配' : '以带密钥的假名替代，作为客户编号'}。`,
  }))
  return {
    key: subject.key,
    label: { en: subject.title, zh: subject.title },
    files: subject.files,
    format: subject.format,
    ...(system === undefined ? {} : { system }),
    identifiers,
    tables,
    notes: [...subject.readNotes, ...notes, ...sealed],
  }
}

function identifierReason(by: 'name' | 'values' | 'name and values', use: IdentifierDraft['use']): Text {
  const reasons: Record<typeof by, Text> = {
    name: { en: 'by its name', zh: '依据列名' },
    values: { en: 'by its values', zh: '依据取值' },
    'name and values': { en: 'by its name and values', zh: '依据列名与取值' },
  }
  const uses: Record<IdentifierDraft['use'], Text> = {
    drop: { en: 'never read further', zh: '不再读取' },
    match: { en: 'only to match systems', zh: '仅用于匹配' },
    pseudonym: { en: 'the pseudonym is the customer number', zh: '以假名作为客户编号' },
  }
  return { en: `${reasons[by].en}; ${uses[use].en}`, zh: `${reasons[by].zh}；${uses[use].zh}` }
}
