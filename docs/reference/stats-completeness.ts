import type { PublicDeclaration } from './stats-functions.ts'

/**
 * What a public function's comment fails to state. The shape of an array may stand in the comment of the type that
 * holds it; checks of arguments (topic `errors`) have no source.
 */
export function missingParts(
  declaration: PublicDeclaration,
  all: readonly PublicDeclaration[],
): readonly string[] {
  const { doc, topic } = declaration
  const unknown = unknownCodes(declaration, all)
  const missing: readonly (readonly [part: string, present: boolean])[] = [
    ['what', doc.summary.split(/\s+/).length >= 3],
    ['shape', !takesArrays(declaration) || SHAPE.test(Object.values(doc).flat().join(' '))],
    ['errors', doc.throws !== ''],
    ['cost', doc.cost !== ''],
    ['source', topic === 'errors' || /https?:\/\//.test(`${doc.source} ${doc.parity}`)],
    ['example', /\/\/ (→|throws) \S/.test(doc.example)],
    [`known error codes (${unknown.join(', ')})`, unknown.length === 0],
  ]
  return missing.filter(([, present]) => !present).map(([part]) => part)
}

/** Words that say how long an array is or what one of its entries stands for. */
const SHAPE =
  /\b(length|row-major|n×|columns?|rows?|per|each|one a|values?|vectors?|indices|matrix|counts?|residuals|lags?|samples?|shares|days|baskets|options|labels|series|sequence|groups?|arms?|times?|counts|p-values)\b/i

function takesArrays({ signature }: PublicDeclaration): boolean {
  return /ArrayLike<|Float64Array|Int32Array|Uint32Array|readonly \w+\[\]/.test(signature)
}

function unknownCodes({ doc }: PublicDeclaration, all: readonly PublicDeclaration[]): readonly string[] {
  const union = all.find(({ name }) => name === 'StatsErrorCode')!.signature
  const codes = new Set([...union.matchAll(/'(\w+)'/g)].map(([, code]) => code!))
  return [...doc.throws.matchAll(/`([a-z]+[A-Z]\w*)`/g)]
    .map(([, word]) => word!)
    .filter(
      (word) =>
        !codes.has(word) && !all.some((other) => other.name === word || other.signature.includes(word)),
    )
}
