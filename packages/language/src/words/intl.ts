/**
 * The format of a locale and options, made once: making one takes the engine as long as writing twenty numbers. Formats
 * don't change and the options are few, so keeping them changes nothing but the time.
 */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(locale, options)
  formats.set(key, made)
  return made
}

const formats = new Map<string, Intl.NumberFormat>()
