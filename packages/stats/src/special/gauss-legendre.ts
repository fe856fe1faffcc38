/** Nodes and weights of the 16-point Gauss–Legendre rule on [−1, 1], by Newton from Chebyshev's guess. */
function rule(points: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const nodes = new Float64Array(points)
  const weights = new Float64Array(points)
  for (let i = 0; i < points; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5))
    let slope = 1
    for (let step = 0; step < 100; step++) {
      let [previous, current] = [1, x]
      for (let k = 2; k <= points; k++)
        [previous, current] = [current, ((2 * k - 1) * x * current - (k - 1) * previous) / k]
      slope = (points * (x * current - previous)) / (x * x - 1)
      const move = current / slope
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    nodes[i] = x
    weights[i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}

const SIXTEEN = rule(16)

/** Nodes and weights of the 16-point rule on equal panels of [from, to]. Source: Abramowitz and Stegun (1964), 25.4.30. */
export function gaussLegendreNodes(
  from: number,
  to: number,
  panels: number,
): { readonly x: number; readonly weight: number }[] {
  const half = (to - from) / (2 * panels)
  return Array.from({ length: 16 * panels }, (_, k) => {
    const centre = from + (2 * Math.floor(k / 16) + 1) * half
    return { x: centre + half * SIXTEEN.nodes[k % 16]!, weight: half * SIXTEEN.weights[k % 16]! }
  })
}

/** ∫ f over [from, to] by that rule. */
export function integrate(f: (x: number) => number, from: number, to: number, panels: number): number {
  let sum = 0
  for (const { x, weight } of gaussLegendreNodes(from, to, panels)) sum += weight * f(x)
  return sum
}
