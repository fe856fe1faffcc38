import type { Sql } from '../sql/sql.ts'
import { joined } from './stage.ts'

/** A value with the name under which it stands beside the customers. */
export interface SharedValue {
  readonly name: Sql
  readonly value: Sql
}

/** Values made of the columns of passes, computed once for each customer however many measures read them. */
export class SharedValues {
  readonly #alias: string
  readonly #values = new Map<string, { readonly name: string; readonly value: Sql }>()

  constructor(table: string) {
    this.#alias = `${table}_shared`
  }

  /** The name of a value; `text` tells equal ones. */
  value(text: string, value: Sql): Sql {
    const name = this.#values.get(text)?.name ?? `s${this.#values.size + 1}`
    this.#values.set(text, { name, value })
    return joined(this.#alias, name)
  }

  all(): readonly SharedValue[] {
    return [...this.#values.values()].map(({ name, value }) => ({ name: joined(this.#alias, name), value }))
  }
}
