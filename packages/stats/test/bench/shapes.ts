/** Shapes of the benchmark's files, which both sides must know: all are doubles without a header. */
export const kMeansColumns = 8
/** Column after column, the outcome first; after the training rows come this share of them again for testing. */
export const boostingColumns = 20
export const boostingTestShare = 0.2
/** Column after column, the outcome first. */
export const binningVariables = 20
/** Column after column, after time and event. */
export const coxCovariates = 5
