import {
  type Count,
  type Feature,
  featureSchema,
  type Segment,
  type Sequence,
  type Text,
  type Window,
} from '@tranche/contract'
import { counted } from '@tranche/language'
import { canonicalJson } from './hash.ts'
import { featureExpressions, featureNeeds } from './needs.ts'
import type { DefinitionProblem } from './problems.ts'
import type { Draft } from './read-definitions.ts'

/**
 * Features that segments ask for in short form under `counts` and `sequences`: each once, however many segments name it. Two
 * that bear the same key and say something else are a problem; a feature of that key in `features/` is found with the other
 * doubles.
 */
export function countedFeatures(
  segments: readonly Draft<Segment>[],
  problems: DefinitionProblem[],
): readonly Draft<Feature>[] {
  const found = new Map<string, { readonly draft: Draft<Feature>; readonly text: string }>()
  for (const { value, file, path } of segments)
    for (const { key, part, feature, written } of shortForms(value)) {
      const own = [...path, part, key]
      const text = canonicalJson(feature)
      const known = found.get(key)
      if (known === undefined) {
        const expressions = featureExpressions(feature)
        const needs = featureNeeds(feature, expressions)
        found.set(key, {
          draft: { kind: 'feature', key, value: feature, file, path: own, needs, expressions, written },
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

interface ShortForm {
  readonly key: string
  readonly part: 'counts' | 'sequences'
  readonly feature: Feature
  readonly written: NonNullable<Draft<Feature>['written']>
}

/** What parts of a feature are called in short. */
const namesOfCount: Readonly<Record<string, string>> = { from: 'of' }
const namesOfSequence: Readonly<Record<string, string>> = { from: 'of', where: 'first' }

/** Parts of measures and windows stand in a short form itself. */
const shortened =
  (names: Readonly<Record<string, string>>): ShortForm['written'] =>
  ([part, ...rest]) => {
    if (part === undefined || part === 'measure' || part === 'window') return rest
    return [names[String(part)] ?? part, ...rest]
  }

function shortForms({ counts, sequences }: Segment): readonly ShortForm[] {
  return [
    ...Object.entries(counts ?? {}).map(
      ([key, count]): ShortForm => ({
        key,
        part: 'counts',
        feature: ofCount(key, count),
        written: shortened(namesOfCount),
      }),
    ),
    ...Object.entries(sequences ?? {}).map(
      ([key, sequence]): ShortForm => ({
        key,
        part: 'sequences',
        feature: ofSequence(key, sequence),
        written: shortened(namesOfSequence),
      }),
    ),
  ]
}

function ofCount(key: string, { of, where, ...window }: Count): Feature {
  const days = wordsOf(window)
  const which = where === undefined ? '' : ` (${where})`
  const label = {
    en: `Count of ${of}${which}, ${days.en}`,
    zh: `近${days.zh} ${of} 计数${where === undefined ? '' : `（${where}）`}`,
  }
  return featureOf(key, label, of, {
    ...(where === undefined ? {} : { where }),
    measure: { count: 'rows' },
    window,
  })
}

function ofSequence(
  key: string,
  { of, first, followed_by, not_followed_by, in: other, within, ...window }: Sequence,
): Feature {
  const days = wordsOf(window)
  // Rows of the same table follow each other whether or not it is named twice.
  const following = other === of ? undefined : other
  const begins = first === undefined ? of : `${of}: ${first}`
  const next = `${following === undefined ? '' : `${following}: `}${followed_by ?? not_followed_by}`
  const label =
    followed_by === undefined
      ? {
          en: `${begins}, without ${next} within ${counted(within, 'day', 'days')}; ${days.en}`,
          zh: `近${days.zh} ${begins}，${within}天内没有 ${next}`,
        }
      : {
          en: `${begins}, then ${next} within ${counted(within, 'day', 'days')}; ${days.en}`,
          zh: `近${days.zh} ${begins}，${within}天内随后 ${next}`,
        }
  const where = first === undefined ? {} : { where: first }
  const which = following === undefined ? {} : { in: following }
  const measure = { ...(followed_by === undefined ? { not_followed_by } : { followed_by }), ...which, within }
  return featureOf(key, label, of, { ...where, measure, window }, following)
}

function wordsOf({ last, unit }: Pick<Window, 'last' | 'unit'>): Text {
  return unit === 'month'
    ? { en: counted(last, 'month', 'months'), zh: `${last}个月` }
    : { en: counted(last, 'day', 'days'), zh: `${last}天` }
}

/** Nobody is known to have done it who has some row of the table and none that counts: that is zero. */
function featureOf(key: string, label: Text, table: string, counted: object, following?: string): Feature {
  const rows =
    following === undefined
      ? { en: '', zh: '' }
      : {
          en: `, or there are no rows of ${following} at all`,
          zh: `，或根本没有任何 ${following} 记录`,
        }
  return featureSchema.parse({
    key,
    label,
    from: table,
    ...counted,
    empty: 0,
    unit: 'count',
    missing: {
      en: `No row of ${table} is known of the customer${rows.en}`,
      zh: `没有该客户的任何 ${table} 记录${rows.zh}`,
    },
  })
}
