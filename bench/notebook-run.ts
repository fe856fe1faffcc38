/** What either side of the notebook comparison prints. */
export interface NotebookRun {
  readonly versions: Readonly<Record<string, string>>
  /** By step, and `all`. */
  readonly seconds: Readonly<Record<string, number>>
  readonly peakMemoryMb: number
  readonly results: NotebookResults
}

export interface NotebookResults {
  readonly customers: number
  readonly purchaseDays: number
  readonly amount: number
  readonly daysSinceLast: number
  /** Customers by their three quintiles, as `r-f-m`. */
  readonly rfmCells: Readonly<Record<string, number>>
  readonly bgNbd: Readonly<Record<string, number>>
  readonly bgNbdLogLikelihood: number
  readonly gammaGamma: Readonly<Record<string, number>>
  readonly pAlive: number
  readonly value: number
  readonly inertia: number
  readonly iterations: number
  readonly profiles: readonly Readonly<Record<string, number>>[]
}
