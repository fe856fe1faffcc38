import { type Count, type Feature, featureSchema, type Segment } from '@tranche/contract'
import { canonicalJson } from './hash.ts'
import { featureExpressions, featureNeeds } from './needs.ts'
import type { DefinitionProblem } from './problems.ts'
import type { Draft } from './read-definitions.ts'

/**
 * Features that segments ask for in short form under `counts`: each once, however many segments name it. Two that bear the
 * same key and count something else are a problem; a feature of that key in `features/` is found with the other doubles.
 */
export function countedFeatures(
  segments: readonly Draft<Segment>[],
  problems: DefinitionProblem[],
): readonly Draft<Feature>[] {
  const found = new Map<string, { readonly draft: Draft<Feature>; readonly text: string }>()
  for (const { value, file, path } of segments)
    for (const [key, count] of Object.entries(value.counts ?? {})) {
      const own = [...path, 'counts', key]
      const text = canonicalJson(count)
      const known = found.get(key)
      if (known === undefined) {
        const feature = featureOf(key, count)
        const expressions = featureExpressions(feature)
        const needs = featureNeeds(feature, expressions)
        found.set(key, {
          draft: { kind: 'feature', key, value: feature, file, path: own, needs, expressions },
          text,
        })
      } else if (known.text !== text) {
        const place = known.draft.file.placeOf(known.draft.path)
        problems.push({
          severity: 'error',
          place: file.placeOf(own),
          text: {
            en: `${key} counts something else at ${place.file}:${place.line}.`,
            zh: `${key} 在 ${place.file}:${place.line} 处的计数内容不同。`,
          },
          hint: { en: 'Give one of the two another key.', zh: '请为其中之一另取键名。' },
        })
      }
    }
  return [...found.values()].map(({ draft }) => draft)
}

function featureOf(key: string, { of, where, ...window }: Count): Feature {
  const length = window.unit === 'month' ? { en: 'months', zh: '个月' } : { en: 'days', zh: '天' }
  const which = where === undefined ? '' : ` (${where})`
  return featureSchema.parse({
    key,
    label: {
      en: `Count of ${of}${which}, ${window.last} ${length.en}`,
      zh: `近${window.last}${length.zh} ${of} 计数${where === undefined ? '' : `（${where}）`}`,
    },
    from: of,
    ...(where === undefined ? {} : { where }),
    measure: { count: 'rows' },
    window,
    empty: 0,
    unit: 'count',
    missing: { en: `No row of ${of} is known of the customer`, zh: `没有该客户的任何 ${of} 记录` },
  })
}
