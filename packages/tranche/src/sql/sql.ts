import type { Dialect, Spelling } from './dialect.ts'

export type SqlType = 'varchar' | 'double' | 'bigint' | 'decimal' | 'boolean' | 'date' | 'timestamp'

/** A value that is bound, never pasted. Null needs a type because a bare parameter has none. */
export interface SqlParameter {
  readonly kind: 'parameter'
  readonly type: SqlType
  readonly value: string | number | bigint | boolean | null
}

type Piece =
  | string
  | SqlParameter
  | { readonly kind: 'identifier'; readonly path: readonly string[] }
  | { readonly kind: 'by_dialect'; readonly build: (dialect: Dialect) => Sql }

/** A statement or a fragment of one, the same for every engine until it is rendered. */
export interface Sql {
  readonly kind: 'sql'
  readonly pieces: readonly Piece[]
}

export interface RenderedSql {
  readonly text: string
  readonly parameters: readonly SqlParameter[]
}

type Embedded = Sql | SqlParameter | string | number | bigint | boolean

/** Builds SQL. Embedded values become bound parameters, embedded Sql is spliced. */
export function sql(strings: TemplateStringsArray, ...embedded: readonly Embedded[]): Sql {
  const pieces: Piece[] = []
  strings.forEach((text, index) => {
    if (text !== '') pieces.push(text)
    if (index >= embedded.length) return
    const item = embedded[index]
    if (isSql(item)) pieces.push(...item.pieces)
    else pieces.push(toParameter(item))
  })
  return { kind: 'sql', pieces }
}

/** A quoted name, or a path of them. */
export function ident(...path: readonly string[]): Sql {
  if (path.length === 0 || path.some((part) => part === '' || part.includes('\0')))
    throw new TypeError('An identifier needs at least one part, none of them empty.')
  return { kind: 'sql', pieces: [{ kind: 'identifier', path }] }
}

/** A table of a run, under the name that the engine gives it. */
export function tableNamed(...path: readonly string[]): Sql {
  return byDialect((dialect) => dialect.table(path))
}

/** Joins fragments; an empty list throws because it would leave a hole in the statement. */
export function join(fragments: readonly Sql[], separator = ', '): Sql {
  if (fragments.length === 0) throw new TypeError('Nothing to join: the list of fragments is empty.')
  const pieces: Piece[] = []
  fragments.forEach((fragment, index) => {
    if (index > 0) pieces.push(separator)
    pieces.push(...fragment.pieces)
  })
  return { kind: 'sql', pieces }
}

/** A bound list for `in (…)`. */
export function list(values: readonly (string | number | bigint | boolean | SqlParameter)[]): Sql {
  return join(values.map((value) => sql`${value}`))
}

/** A value bound with a named type; null included. */
export function typed(type: SqlType, value: string | number | bigint | boolean | null): SqlParameter {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('A number in SQL must be finite.')
  return { kind: 'parameter', type, value }
}

/** A fragment on which engines differ; built when the statement is rendered. */
export function byDialect(build: (dialect: Dialect) => Sql): Sql {
  return { kind: 'sql', pieces: [{ kind: 'by_dialect', build }] }
}

/** Text that is SQL already. Only for constants of the program: a test lists who may call it. */
export function unsafeRaw(text: string): Sql {
  return { kind: 'sql', pieces: [text] }
}

/** A whole number as a constant: engines plan better for one they know than for a parameter. */
export function whole(value: number): Sql {
  if (!Number.isSafeInteger(value)) throw new RangeError(`Not a whole number: ${value}`)
  return unsafeRaw(String(value))
}

/** Renders with bound parameters. */
export function render(statement: Sql, dialect: Dialect): RenderedSql {
  return renderBound(statement, dialect, (build) => build(dialect))
}

/** Renders with bound parameters for a database that computes no analysis: what engines say differently has no words there. */
export function renderPlain(statement: Sql, spelling: Spelling): RenderedSql {
  return renderBound(statement, spelling, () => {
    throw new TypeError('A fragment that engines say differently has no place here.')
  })
}

/** Renders with values as literals, for the places that bind nothing (views, hashes of logic). */
export function renderInline(statement: Sql, dialect: Dialect): string {
  return write(
    statement,
    dialect,
    (parameter) => dialect.literal(parameter),
    (build) => build(dialect),
  )
}

type Expand = (build: (dialect: Dialect) => Sql) => Sql

function renderBound(statement: Sql, spelling: Spelling, expand: Expand): RenderedSql {
  const parameters: SqlParameter[] = []
  const bind = (parameter: SqlParameter) => {
    parameters.push(parameter)
    return spelling.placeholder(parameter, parameters.length)
  }
  const text = write(statement, spelling, bind, expand)
  return { text, parameters }
}

function write(
  statement: Sql,
  spelling: Pick<Spelling, 'quote'>,
  parameterText: (parameter: SqlParameter) => string,
  expand: Expand,
): string {
  let text = ''
  for (const piece of statement.pieces) {
    if (typeof piece === 'string') text += piece
    else if (piece.kind === 'parameter') text += parameterText(piece)
    else if (piece.kind === 'identifier') text += piece.path.map((part) => spelling.quote(part)).join('.')
    else text += write(expand(piece.build), spelling, parameterText, expand)
  }
  return text
}

function isSql(item: unknown): item is Sql {
  return typeof item === 'object' && item !== null && (item as Sql).kind === 'sql'
}

function toParameter(item: unknown): SqlParameter {
  switch (typeof item) {
    case 'string':
      return { kind: 'parameter', type: 'varchar', value: item }
    case 'boolean':
      return { kind: 'parameter', type: 'boolean', value: item }
    case 'bigint':
      return { kind: 'parameter', type: 'bigint', value: item }
    case 'number':
      return typed(Number.isSafeInteger(item) ? 'bigint' : 'double', item)
    default:
      if (typeof item === 'object' && item !== null && (item as SqlParameter).kind === 'parameter')
        return item as SqlParameter
      throw new TypeError(
        `A value of type ${item === null ? 'null' : typeof item} can't stand in SQL; use typed().`,
      )
  }
}
