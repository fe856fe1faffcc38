import { InvalidArgumentError } from 'commander'

/** A whole number of at most twelve digits. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('A whole number was expected.')
  return Number(text)
}

/** @throws InvalidArgumentError for what is not between 0 and 1 */
export function share(text: string): number {
  const value = Number(text)
  if (!(text.trim() !== '' && value >= 0 && value <= 1))
    throw new InvalidArgumentError('A share between 0 and 1 was expected.')
  return value
}
