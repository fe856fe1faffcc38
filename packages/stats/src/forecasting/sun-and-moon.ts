const RADIANS = Math.PI / 180
/** Beijing is eight hours ahead of Greenwich; dynamical time is about 70 seconds ahead of it. */
const BEIJING = 8 / 24 - 70 / 86_400
const EPOCH = 2_440_587.5

/** The day in Beijing of the new moon nearest to the middle of the month around a day (at most 15 days away). */
export function newMoonDay(near: number): number {
  const k = Math.round((near + EPOCH - 2451550.09766) / 29.530588861)
  return Math.floor(newMoon(k) - EPOCH + BEIJING)
}

/** The day in Beijing on which the sun reaches an apparent longitude, nearest to a given day. */
export function solarLongitudeDay(degrees: number, near: number): number {
  let time = near + EPOCH
  for (let i = 0; i < 30; i++) {
    const gap = ((((degrees - solarLongitude(time)) % 360) + 540) % 360) - 180
    time += (gap / 360) * 365.2422
    if (Math.abs(gap) < 1e-7) break
  }
  return Math.floor(time - EPOCH + BEIJING)
}

/** Time (Julian ephemeris day) of the k-th new moon since 2000; good to a minute or two. Source: Meeus (1998), Astronomical Algorithms, chapter 49. */
function newMoon(k: number): number {
  const t = k / 1236.85
  const e = 1 - 0.002516 * t - 0.0000074 * t * t
  const sun = (2.5534 + 29.1053567 * k - 0.0000014 * t * t) * RADIANS
  const moon = (201.5643 + 385.81693528 * k + 0.0107582 * t * t + 0.00001238 * t ** 3) * RADIANS
  const f = (160.7108 + 390.67050284 * k - 0.0016118 * t * t - 0.00000227 * t ** 3) * RADIANS
  const node = (124.7746 - 1.56375588 * k + 0.0020672 * t * t) * RADIANS
  let time = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t - 0.00000015 * t ** 3
  // Amplitude in days, power of e, and multiples of the sun's and the moon's anomaly and of the moon's latitude argument.
  for (const [amplitude, power, a, b, c] of NEW_MOON_TERMS)
    time += amplitude * e ** power * Math.sin(a * sun + b * moon + c * f)
  time -= 0.00017 * Math.sin(node)
  for (const [amplitude, base, rate] of PLANETARY_TERMS)
    time += amplitude * Math.sin((base + rate * k) * RADIANS)
  return time
}

/** Apparent longitude of the sun in degrees; good to 0.01°, a quarter of an hour. Source: Meeus (1998), chapter 25. */
function solarLongitude(time: number): number {
  const t = (time - 2_451_545) / 36_525
  const mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
  const m = (357.52911 + 35999.05029 * t - 0.0001537 * t * t) * RADIANS
  const centre =
    (1.914602 - 0.004817 * t) * Math.sin(m) +
    (0.019993 - 0.000101 * t) * Math.sin(2 * m) +
    0.000289 * Math.sin(3 * m)
  return mean + centre - 0.00569 - 0.00478 * Math.sin((125.04 - 1934.136 * t) * RADIANS)
}

const NEW_MOON_TERMS: readonly (readonly [number, number, number, number, number])[] = [
  [-0.4072, 0, 0, 1, 0],
  [0.17241, 1, 1, 0, 0],
  [0.01608, 0, 0, 2, 0],
  [0.01039, 0, 0, 0, 2],
  [0.00739, 1, -1, 1, 0],
  [-0.00514, 1, 1, 1, 0],
  [0.00208, 2, 2, 0, 0],
  [-0.00111, 0, 0, 1, -2],
  [-0.00057, 0, 0, 1, 2],
  [0.00056, 1, 1, 2, 0],
  [-0.00042, 0, 0, 3, 0],
  [0.00042, 1, 1, 0, 2],
  [0.00038, 1, 1, 0, -2],
  [-0.00024, 1, -1, 2, 0],
  [-0.00007, 0, 2, 1, 0],
  [0.00004, 0, 0, 2, -2],
  [0.00004, 0, 3, 0, 0],
  [0.00003, 0, 1, 1, -2],
  [0.00003, 0, 0, 2, 2],
  [-0.00003, 0, 1, 1, 2],
  [0.00003, 0, -1, 1, 2],
]

const PLANETARY_TERMS: readonly (readonly [number, number, number])[] = [
  [0.000325, 299.77, 0.107408],
  [0.000165, 251.88, 0.016321],
  [0.000164, 251.83, 26.651886],
  [0.000126, 349.42, 36.412478],
  [0.00011, 84.66, 18.206239],
]
