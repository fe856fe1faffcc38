/**
 * A number as the decimal a reader is shown: rounded to 8 significant digits, half away from zero, and
 * multiplied by a power of ten without further rounding. Differences that engines have in a double's last bits
 * don't reach the page. Throws RangeError for what is not finite.
 */
export function shownDecimal(value: number, shift = 0): Intl.StringNumericLiteral {
  if (!Number.isFinite(value)) throw new RangeError(`Only finite numbers can be shown, not ${value}.`)
  const [mantissa, exponent] = value.toExponential(7).split('e')
  return `${Number(mantissa)}e${Number(exponent) + shift}` as Intl.StringNumericLiteral
}

/** The same as a number. */
export function roundShown(value: number): number {
  return Number(shownDecimal(value))
}
