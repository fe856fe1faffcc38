import type { Warehouse } from '../engine/warehouse.ts'
import { join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { AmountDigits } from './amount-digits.ts'
import type { AsOfPoint, Calendar } from './calendar.ts'
import { CategoryStage } from './category-stage.ts'
import { firstPackedDay, lastPackedDay } from './coded-extreme.ts'
import { DayBits, DayColumn } from './day-bits.ts'
import { KeptDays } from './kept-days.ts'
import { LatestStage } from './latest-stage.ts'
import { ofAll, RowStore } from './row-store.ts'
import { SequenceStage } from './sequence-stage.ts'
import { SharedValues } from './shared-values.ts'
import { SnapshotStage } from './snapshot-stage.ts'
import type { Relation } from './stage.ts'
import type { TableRows } from './table-rows.ts'
import { WindowStage } from './window-stage.ts'

/** All that is computed from one standard table: its narrowed rows and the passes over them. */
export class TablePlan {
  readonly rows: TableRows
  readonly calendar: Calendar
  readonly store: RowStore
  readonly windows: WindowStage
  readonly snapshots: SnapshotStage
  readonly shared: SharedValues
  readonly keptDays: KeptDays
  readonly #categories = new Map<string, CategoryStage>()
  readonly #latest = new Map<string, LatestStage>()
  readonly #sequences = new Map<string, SequenceStage>()
  readonly #days = new Map<string, DayColumn>()
  readonly #digits = new Map<string, AmountDigits>()
  readonly #sameDays = new Map<DayColumn, DayColumn>()
  #rowCount = 0
  #mostRows = 0
  #firstSeen: number | null = null
  #firstDay: string | null = null
  #knownByDay = false
  #momentsPack = false

  constructor(rows: TableRows, calendar: Calendar, warehouse: Pick<Warehouse, 'dialect' | 'scratch'>) {
    this.rows = rows
    this.calendar = calendar
    this.store = new RowStore(rows, warehouse)
    this.windows = new WindowStage(this.store, calendar.points.length)
    this.snapshots = new SnapshotStage(this.store)
    this.shared = new SharedValues(rows.table.name)
    this.keptDays = new KeptDays(this.store)
  }

  categories(category: Sql, point: AsOfPoint): CategoryStage {
    return keep(this.#categories, `${this.store.textOf(category)} ${point.index}`, (position) => {
      return new CategoryStage(this.store, this.calendar.points.length, category, position)
    })
  }

  latest(per: Sql): LatestStage {
    return keep(
      this.#latest,
      this.store.textOf(per),
      (position) => new LatestStage(this.store, per, position),
    )
  }

  /** What follows rows of this table among those of a table, its own or another. */
  sequencesWith({ store }: TablePlan): SequenceStage {
    return keep(
      this.#sequences,
      store.name,
      () => new SequenceStage(this.store, store, this.calendar.points.length),
    )
  }

  /** Digits of stored amounts and of the moments that put their rows in order, which fit or not once the rows are there. */
  amountDigits(amount: Sql, moment: Sql): AmountDigits {
    const text = `${this.store.textOf(amount)} ${this.store.textOf(moment)}`
    return keep(this.#digits, text, () => new AmountDigits(this.store, amount, moment))
  }

  /** Days with a row that satisfies the flag, as of a point. */
  bits(flag: Sql | null, point: AsOfPoint): DayBits {
    const days = (at: AsOfPoint) =>
      keep(
        this.#days,
        `${flag === null ? '' : this.store.textOf(flag)} ${at.index}`,
        () => new DayColumn(this, flag, at),
      )
    return new DayBits(this, point, days(point), days(this.calendar.points.at(-1)!))
  }

  /** Whether any row is visible at a point, the last unless said; without one every measure of the table is missing. */
  isEmptyAt(point?: AsOfPoint): boolean {
    return point === undefined
      ? this.#firstSeen === null
      : (this.#firstSeen ?? Number.POSITIVE_INFINITY) > point.index
  }

  /** The first business day of any row, null where rows have none. */
  get firstDay(): string | null {
    return this.#firstDay
  }

  /** Whether each row was known before the day after its own, so that days tell what was known at any of the points. */
  get isKnownByDay(): boolean {
    return this.#knownByDay
  }

  /** Whether rows are put in order by the table's own moments alone, all of which are known and of years that pack. */
  packsMomentsOf(order: readonly string[]): boolean {
    const { time } = this.rows.table
    const byOwn = order.length === 1 && time !== undefined && order[0] === time
    return byOwn && this.#momentsPack && this.rows.columnType(time) === 'instant'
  }

  /** Rows of the customer who has most. */
  get mostRows(): number {
    return this.#mostRows
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Reads the table, for this many customers, and looks at what came. Texts stored in codes and days kept for all points are worth it for many customers. */
  async read(
    warehouse: Warehouse,
    { customers, forMany }: { readonly customers: number; readonly forMany: boolean },
  ): Promise<void> {
    const name = this.store.table
    if (forMany) await this.store.findCodes(warehouse, this.calendar.points)
    await this.store.read(warehouse, this.calendar.points, customers)
    const asked = join([
      sql`count(*) as n, count(d) as dated, seen, min(d) as first`,
      ...this.store.flagsFound(),
    ])
    const found = await warehouse.rows<{ n: number; dated: number; seen: number; first: string | null }>(
      sql`select ${asked} from ${name} group by seen order by seen`,
    )
    this.store.settleFlags(found)
    const firstDays = found.flatMap(({ first }) => (first === null ? [] : [first]))
    this.#rowCount = found.reduce((sum, { n }) => sum + n, 0)
    this.#firstSeen = found[0]?.seen ?? null
    this.#firstDay = firstDays.reduce<string | null>((a, b) => (a === null || b < a ? b : a), null)
    this.#knownByDay = found.every(
      ({ seen, first }) => seen === 1 || first === null || first >= this.calendar.points[seen - 2]!.nextDay,
    )
    this.#momentsPack =
      found.every(({ n, dated }) => n === dated) &&
      (this.#firstDay ?? '') >= firstPackedDay &&
      this.calendar.points.every(({ nextDay }) => nextDay < lastPackedDay)
    const { most } = await warehouse.row<{ most: number | null }>(
      sql`select max(n) as most from (select count(*) as n from ${name} group by c) as counted`,
    )
    this.#mostRows = most ?? 0
    await this.#lookForOthers(warehouse)
    this.snapshots.settle(this.#mostRows === 1)
    if (!forMany) return
    await this.#keepDays(warehouse)
    if (this.#momentsPack) for (const digits of this.#digits.values()) await digits.settle(warehouse)
  }

  /** Where the days of the last point tell those of all before, and there are such. */
  async #keepDays(warehouse: Warehouse): Promise<void> {
    const { points } = this.calendar
    if (points.length < 2 || !this.#knownByDay || this.isEmptyAt()) return
    const latest = [...this.#days.values()].filter(({ point }) => point === points.at(-1))
    const kept = new Map<string, DayColumn>()
    for (const column of latest) {
      const flag = this.store.textOf(column.flag ?? ofAll)
      const same = kept.get(flag)
      if (same === undefined) kept.set(flag, column)
      else {
        same.include(column)
        this.#sameDays.set(column, same)
      }
    }
    await this.keptDays.keep(warehouse, [...kept.values()])
  }

  /** The column whose days are kept, where they turned out to be those of another column too. */
  sameDays(column: DayColumn): DayColumn {
    return this.#sameDays.get(column) ?? column
  }

  /** Rows of those who are not counted as customers show that the table is not empty. */
  async #lookForOthers(warehouse: Warehouse): Promise<void> {
    for (const point of this.calendar.points) {
      if (this.#firstSeen !== null && this.#firstSeen <= point.index) return
      const { found } = await warehouse.row<{ found: boolean }>(
        sql`select exists (select 1 from ${tableNamed('standard', this.rows.table.name)} as rows where ${this.rows.visibleAt(point)}) as found`,
      )
      if (found) this.#firstSeen = point.index
    }
  }

  /** Whether a customer, and whether anybody, has a row that was known at the point. */
  async historyOf(
    warehouse: Warehouse,
    customer: string,
    point: AsOfPoint,
  ): Promise<{ readonly hasHistory: boolean; readonly tableHasRows: boolean }> {
    const known = sql`from ${tableNamed('standard', this.rows.table.name)} where ${this.rows.visibleAt(point)}`
    return await warehouse.row<{ hasHistory: boolean; tableHasRows: boolean }>(
      sql`select exists (select 1 ${known} and customer_id = ${customer}) as "hasHistory", exists (select 1 ${known}) as "tableHasRows"`,
    )
  }

  relations(): readonly Relation[] {
    if (this.isEmptyAt()) return []
    return [
      ...this.windows.relations(),
      ...this.keptDays.relations(),
      ...this.snapshots.relations(),
      ...[...this.#sequences.values()].flatMap((stage) => stage.relations()),
      ...[...this.#categories.values()].flatMap((stage) => stage.relations()),
      ...[...this.#latest.values()].flatMap((stage) => stage.relations()),
    ]
  }

  async drop(warehouse: Warehouse): Promise<void> {
    await this.keptDays.drop(warehouse)
    await warehouse.run(sql`drop table if exists ${this.store.table}`)
  }
}

function keep<T>(map: Map<string, T>, text: string, create: (position: number) => T): T {
  const known = map.get(text)
  if (known !== undefined) return known
  const created = create(map.size + 1)
  map.set(text, created)
  return created
}
