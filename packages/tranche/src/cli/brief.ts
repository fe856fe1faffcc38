const longest = 60
const kept = 15

/** A name short enough to be read in a line: names that begin alike mostly end differently. */
export function brief(name: string): string {
  return name.length > longest ? `${name.slice(0, longest - kept - 1)}…${name.slice(-kept)}` : name
}
