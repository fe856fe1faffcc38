import type { Language, Text } from '@tranche/contract'

/** Sentences by key, in both languages; `{name}` is filled in. */
export type Messages<Key extends string = string> = Readonly<Record<Key, Text>>

/**
 * Fills a sentence. Every `{name}` needs a value: a sentence that lacks a figure is worse than an error, and
 * throws RangeError.
 */
export function say(text: Text, lang: Language, values: Readonly<Record<string, string>> = {}): string {
  return text[lang].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new RangeError(`The sentence "${text[lang]}" needs a value for ${name}.`)
    return value
  })
}

/** Both languages at once. */
export function sayBoth(
  text: Text,
  values: (lang: Language) => Readonly<Record<string, string>> = () => ({}),
): Text {
  return { en: say(text, 'en', values('en')), zh: say(text, 'zh', values('zh')) }
}

/** The names that a sentence wants filled, by language; equal in both when the catalogue is sound. */
export function placeholders(text: Text): Readonly<Record<Language, readonly string[]>> {
  const of = (lang: Language) =>
    [...new Set([...text[lang].matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort()
  return { en: of('en'), zh: of('zh') }
}
