import type { ByteWriter } from './byte-writer.ts'

const prime = 999_999_937
const secondDigits = [3, 5, 7, 8, 9] as const
const checkDigits = '10X98765432'
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const

/** Positions from here on belong to people who are in the app only. */
export const appOnlyOffset = 40_000_000

/** A mobile number of eleven digits, another one for every index: multiplication modulo a prime. */
export function phoneNumber(index: number): string {
  const rest = ((index + 1) * 7_654_321) % prime
  return `1${secondDigits[index % secondDigits.length]}${String(rest).padStart(9, '0')}`
}

/** The same number, digit by digit. */
export function writePhoneNumber(out: ByteWriter, index: number): ByteWriter {
  return out
    .byte(49)
    .integer(secondDigits[index % secondDigits.length]!)
    .integer(((index + 1) * 7_654_321) % prime, 9)
}

/** The app's own number of a user; says nothing of the customer number. */
export function appUserNumber(index: number): number {
  return ((index + 1) * 48_271) % 99_999_989
}

/** A resident id number of 18 characters, whose last one is the checksum of GB 11643, right or one off. */
export function writeIdNumber(
  out: ByteWriter,
  person: { areaCode: string; birthDay: number; sequence: number; gender: number },
  broken: boolean,
): void {
  const sequence = person.sequence - (person.sequence % 2) + (person.gender === 0 ? 1 : 0)
  const start = out.length
  out.ascii(person.areaCode).compactDay(person.birthDay).integer(sequence, 3)
  let sum = broken ? 1 : 0
  for (let index = 0; index < weights.length; index++) sum += weights[index]! * (out.at(start + index) - 48)
  out.byte(checkDigits.charCodeAt(sum % 11))
}
