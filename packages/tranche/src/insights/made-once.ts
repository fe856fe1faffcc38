/** What is made of an owner for as long as it lives, by a name. */
export type MadeOnce<T> = WeakMap<object, Map<string, T>>

/** What was made of the owner under this name before, or else is made now. */
export function madeOnce<T>(before: MadeOnce<T>, owner: object, name: string, make: () => T): T {
  const own = before.get(owner) ?? new Map<string, T>()
  before.set(owner, own)
  const found = own.get(name) ?? make()
  own.set(name, found)
  return found
}
