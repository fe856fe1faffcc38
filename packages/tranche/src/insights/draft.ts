import type { Figure, FigurePoint, Section, Unit } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { renderInline, type Sql } from '../sql/sql.ts'
import { type Factor, findFactors } from './factors.ts'
import type { CustomerFrame } from './frame.ts'
import { type Group, membersCommand } from './group.ts'

/** A finding before the tests of the whole report are weighed together. */
export interface Draft {
  readonly key: string
  readonly section: Section
  readonly message: string
  readonly subject: string
  readonly metric: string
  readonly unit: Unit
  readonly estimate: number | null
  readonly low?: number | null
  readonly high?: number | null
  readonly n: number
  readonly missingShare?: number
  /** Absent where nothing was tested. */
  readonly p?: number
  readonly effectSize?: number
  readonly neededN?: number | null
  readonly values?: Readonly<Record<string, string | number | null>>
  readonly assumption?: string
  /** Column `estimate`, one row. */
  readonly query: Sql
  readonly group?: Group
  /** Command that exports whom it speaks of, where that is no group of the frame. */
  readonly export?: { readonly command: string; readonly n: number }
  /** How much it matters when it holds, 0 to 100. */
  readonly weight: number
}

export interface FinishedDraft extends Omit<Draft, 'query' | 'group' | 'export'> {
  readonly query: string
  readonly members: string | null
  readonly membersN: number | null
  /** The group that it speaks of, as a rule. */
  readonly rule: string | undefined
}

export type Point = Omit<FigurePoint, 'figure' | 'position' | 'suppressed'>

/** Collects what the sections say and draw. */
export interface Notebook {
  readonly frame: CustomerFrame
  readonly minimum: number
  /** What can be held fixed; found on first use. */
  factors(): readonly Factor[]
  readonly findings: FinishedDraft[]
  readonly figures: Figure[]
  readonly points: FigurePoint[]
  say(draft: Draft): void
  /** Points whose `n` is between 1 and the minimum, or marked, are hidden. */
  draw(figure: Omit<Figure, 'position'>, points: readonly (Point & { readonly suppressed?: boolean })[]): void
}

export function openNotebook(frame: CustomerFrame, warehouse: Warehouse, minimum: number): Notebook {
  let factors: readonly Factor[] | undefined
  const findings: FinishedDraft[] = []
  const figures: Figure[] = []
  const points: FigurePoint[] = []
  return {
    frame,
    minimum,
    factors: () => {
      factors ??= findFactors(frame)
      return factors
    },
    findings,
    figures,
    points,
    say: ({ query, group, export: exported, ...draft }) => {
      const members =
        group === undefined || group.n < minimum
          ? null
          : membersCommand(frame, group, draft.key.replaceAll('.', '-'))
      findings.push({
        ...draft,
        query: renderInline(query, warehouse.dialect).trim(),
        members: members ?? exported?.command ?? null,
        membersN: members === null ? (exported?.n ?? null) : group!.n,
        rule: group?.rule,
      })
    },
    draw: (figure, drawn) => {
      figures.push({ ...figure, position: figures.length })
      drawn.forEach(({ suppressed = false, ...point }, position) => {
        const hidden = suppressed || (point.n !== null && point.n > 0 && point.n < minimum)
        points.push({
          figure: figure.figure,
          position,
          ...(hidden ? { ...point, y: null, low: null, high: null, n: null } : point),
          suppressed: hidden,
        })
      })
    },
  }
}
