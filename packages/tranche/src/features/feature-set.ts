import type { Feature } from '@tranche/contract'
import {
  checkExpression,
  nearest,
  parseExpression,
  referencedNames,
  type Scope,
  type ScopeColumn,
  type Type,
  type TypedExpr,
} from '@tranche/language'
import { type Place, TrancheError } from '../errors.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'
import { canonicalJson } from '../workspace/hash.ts'
import { analyseMeasure, type MeasureSource } from './analyse-measure.ts'
import type { AnalysedFeature, ValueType } from './analysed.ts'
import type { Calendar } from './calendar.ts'
import { openTableRows, problemError, type TableRows } from './table-rows.ts'

/** A feature made of other features. */
export interface DerivedFeature {
  readonly key: string
  readonly needs: readonly string[]
  readonly type: ValueType
  readonly content:
    | { readonly kind: 'ratio'; readonly numerator: string; readonly denominator: string }
    | { readonly kind: 'expression'; readonly typed: TypedExpr }
}

export type FeatureNode =
  | { readonly kind: 'measure'; readonly measure: AnalysedFeature }
  | { readonly kind: 'derived'; readonly derived: DerivedFeature }

/** What the language takes a feature's stored type for. */
export const typesInLanguage: Readonly<Record<ValueType, Type>> = {
  money: 'number',
  integer: 'number',
  double: 'number',
  bool: 'bool',
  string: 'string',
  date: 'date',
  instant: 'instant',
}
const typesOfResults: Readonly<Partial<Record<Type, ValueType>>> = {
  number: 'double',
  bool: 'bool',
  string: 'string',
  date: 'date',
  instant: 'instant',
}

/** The features of a catalogue, analysed on demand, each once; those they are made of come first. */
export class FeatureSet {
  readonly calendar: Calendar
  readonly #catalogue: Pick<Catalogue, 'features' | 'extras'>
  readonly #definitions: ReadonlyMap<string, Definition<Feature>>
  readonly #nodes = new Map<string, FeatureNode>()
  readonly #tables = new Map<string, TableRows>()
  readonly #open = new Set<string>()

  constructor(catalogue: Pick<Catalogue, 'features' | 'extras'>, calendar: Calendar) {
    this.calendar = calendar
    this.#catalogue = catalogue
    this.#definitions = new Map(catalogue.features.map((feature) => [feature.key, feature]))
  }

  /** All analysed so far, each after what it needs. */
  get nodes(): ReadonlyMap<string, FeatureNode> {
    return this.#nodes
  }

  get keys(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  /**
   * The feature of a key.
   * @throws TrancheError invalid_definition at the part that is wrong
   */
  node(key: string, askedAt: Place): FeatureNode {
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const definition = this.#definitions.get(key)
    if (definition === undefined) throw unknownFeature(key, this.keys, askedAt)
    if (this.#open.has(key))
      throw new TrancheError(
        'invalid_definition',
        {
          en: `Features need each other in a circle: ${[...this.#open, key].join(' → ')}.`,
          zh: `特征循环引用：${[...this.#open, key].join(' → ')}。`,
        },
        { place: definition.place },
      )
    this.#open.add(key)
    try {
      const node = this.#analyse(definition)
      this.#nodes.set(key, node)
      return node
    } finally {
      this.#open.delete(key)
    }
  }

  typeOf(key: string, askedAt: Place): ValueType {
    const node = this.node(key, askedAt)
    return node.kind === 'measure' ? node.measure.type : node.derived.type
  }

  /** Adds a measure such as a metric's numerator; a feature that is defined just so takes its place. */
  addMeasure(source: MeasureSource): AnalysedFeature {
    const text = textOf(source)
    const alike = this.#catalogue.features.find(
      ({ value }) =>
        value.measure !== undefined &&
        textOf({ ...value, from: value.from!, measure: value.measure }) === text,
    )
    const node = alike === undefined ? undefined : this.node(alike.key, alike.place)
    if (node?.kind === 'measure') return node.measure
    const measure = this.#measure(source)
    this.#nodes.set(source.key, { kind: 'measure', measure })
    return measure
  }

  table(name: string, place: Place): TableRows {
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const opened = openTableRows(this.#catalogue, name, this.calendar, place)
    this.#tables.set(name, opened)
    return opened
  }

  /** An expression over features. */
  expression(text: string, place: Place, expect?: readonly Type[]): TypedExpr {
    const parsed = parseExpression(text)
    if (!parsed.ok) throw problemError(parsed.problems[0]!, text, place)
    const columns = new Map<string, ScopeColumn>()
    for (const name of referencedNames(parsed.expr)) {
      if (!this.#definitions.has(name)) throw unknownFeature(name, this.keys, place)
      const values = this.#valuesOf(name)
      columns.set(name, {
        type: typesInLanguage[this.typeOf(name, place)],
        ...(values === undefined ? {} : { values }),
      })
    }
    const scope: Scope = { columns }
    const checked = checkExpression(parsed.expr, scope, {
      kind: 'rule',
      ...(expect === undefined ? {} : { expect }),
    })
    if (!checked.ok) throw problemError(checked.problems[0]!, text, place)
    return checked.expr
  }

  #analyse(definition: Definition<Feature>): FeatureNode {
    const { key, value, placeOf } = definition
    if (value.measure !== undefined)
      return {
        kind: 'measure',
        measure: this.#measure({ ...value, from: value.from!, measure: value.measure, placeOf }),
      }
    if (value.ratio !== undefined) {
      const { numerator, denominator } = value.ratio
      for (const [part, need] of Object.entries(value.ratio)) {
        const place = placeOf(['ratio', part])
        const type = this.typeOf(need, place)
        if (typesInLanguage[type] !== 'number') throw notANumber(need, type, place)
      }
      const content = { kind: 'ratio' as const, numerator, denominator }
      return { kind: 'derived', derived: { key, needs: [numerator, denominator], type: 'double', content } }
    }
    const typed = this.expression(value.expression!, placeOf(['expression']))
    const type = typesOfResults[typed.type]
    if (type === undefined) throw notANumber(key, typed.type, placeOf(['expression']))
    const content = { kind: 'expression' as const, typed }
    return { kind: 'derived', derived: { key, needs: referencedNames(typed), type, content } }
  }

  #measure(source: MeasureSource): AnalysedFeature {
    return analyseMeasure(source, (part, name) => this.table(name, source.placeOf(part)))
  }

  /** Accepted values of a snapshot of a coded column. */
  #valuesOf(key: string): readonly string[] | undefined {
    const node = this.#nodes.get(key)
    if (node?.kind !== 'measure' || node.measure.measure.kind !== 'attribute') return undefined
    const { column } = node.measure.measure
    return node.measure.rows.table.columns.find(({ name }) => name === column)?.values
  }
}

/** What a measure computes, whatever its name. */
function textOf({ from, where, window, measure, empty }: Omit<MeasureSource, 'key' | 'placeOf'>): string {
  return canonicalJson({ from, where, window, measure, empty })
}

export function unknownFeature(key: string, keys: readonly string[], place: Place): TrancheError {
  const near = nearest(key, keys)
  return new TrancheError(
    'invalid_definition',
    { en: `There is no feature ${key}.`, zh: `没有特征 ${key}。` },
    {
      place,
      ...(near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } }),
    },
  )
}

function notANumber(key: string, type: string, place: Place): TrancheError {
  return new TrancheError(
    'invalid_definition',
    { en: `${key} is ${type}; expected a number.`, zh: `${key} 的类型为 ${type}，应为数字。` },
    { place },
  )
}
