/** Rows of whole numbers by column, on their way into a Parquet file. */
export class Staged {
  readonly names: readonly string[]
  readonly columns: Int32Array[]
  rows = 0
  #capacity: number

  constructor(names: readonly string[], capacity = 1 << 16) {
    this.names = names
    this.#capacity = capacity
    this.columns = names.map(() => new Int32Array(this.#capacity))
  }

  column(name: string): Int32Array {
    const index = this.names.indexOf(name)
    if (index < 0) throw new RangeError(`There is no column ${name}.`)
    return this.columns[index]!
  }

  /** Appends a row, one value a column in their order. */
  add(...values: readonly number[]): void {
    const row = this.next()
    for (let column = 0; column < values.length; column++) this.columns[column]![row] = values[column]!
  }

  /** Makes room for a row and gives its number; whoever asks fills every column. */
  next(): number {
    if (this.rows === this.#capacity) {
      this.#capacity *= 2
      for (let column = 0; column < this.columns.length; column++) {
        const grown = new Int32Array(this.#capacity)
        grown.set(this.columns[column]!)
        this.columns[column] = grown
      }
    }
    return this.rows++
  }

  /** Empties the table; its room stays. */
  clear(): void {
    this.rows = 0
  }

  /** Appends the last row once more. */
  repeat(): number {
    const row = this.next()
    for (const column of this.columns) column[row] = column[row - 1]!
    return row
  }
}
