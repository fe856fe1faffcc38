/** The two places where text becomes SQL: standard quoting, the same in every engine here. */

export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('Text with a NUL character has no SQL literal.')
  return `'${text.replaceAll("'", "''")}'`
}

export function quoteIdentifier(identifier: string): string {
  if (identifier === '' || identifier.includes('\0'))
    throw new TypeError('An identifier is empty or holds NUL.')
  return `"${identifier.replaceAll('"', '""')}"`
}
