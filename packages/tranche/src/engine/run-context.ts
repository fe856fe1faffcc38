/** What a run knows besides its data: passed in, never taken from the machine. */
export interface RunContext {
  /** Start of the business day (or any instant) as of which everything is computed, ISO in UTC. */
  readonly asOf: string
  readonly timeZone: string
  readonly seed: number
  readonly clock: () => Date
  readonly progress: (event: ProgressEvent) => void
  readonly signal: AbortSignal
}

export interface ProgressEvent {
  readonly step: string
  readonly status: 'started' | 'advanced' | 'done' | 'reused'
  readonly rows?: number
  readonly seconds?: number
  readonly note?: string
}
