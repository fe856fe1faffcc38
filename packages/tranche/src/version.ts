/** Version of the program, part of a run's fingerprint; a test holds it to the package's. */
export const version = '0.1.0'
