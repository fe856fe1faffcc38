/** A report taken apart: what stands under a mark, and what does not. */
export interface ReportParts {
  /** In the order of the file; the same mark may stand several times. */
  readonly blocks: readonly Block[]
  /** Pieces of text outside of all marks, as a reader sees them. */
  readonly loose: readonly Loose[]
}

export interface Block {
  /** `sentence=KEY`, `figure=KEY`, `table=NAME`, `note=finding:KEY`. */
  readonly mark: string
  /** Everything in it, markup and all. */
  readonly content: string
  /** What a reader sees of it, piece by piece; taken apart only where something is off. */
  readonly pieces: () => readonly string[]
}

export interface Loose {
  readonly text: string
  /** Whether a reader reads it, or only the page does (a style, a program). */
  readonly hidden?: boolean
}
