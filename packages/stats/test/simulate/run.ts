import { simulate } from './design.ts'
import { forecastDesigns } from './forecasting.ts'
import { purchaseDesigns } from './purchases.ts'
import { survivalDesigns } from './survival.ts'
import { intervalDesigns, sequenceDesigns, testDesigns } from './tests.ts'

// Planted truths and nominal error rates over many replications; slow, so not among the tests.
// Usage: node --conditions=tranche-source test/simulate/run.ts [replications] [part of a name]

const replications = Number(process.argv[2] ?? 2000)
const wanted = process.argv[3]?.toLowerCase() ?? ''
let failed = 0
const designs = [
  ...testDesigns,
  ...intervalDesigns,
  ...sequenceDesigns,
  ...purchaseDesigns,
  ...survivalDesigns,
  ...forecastDesigns,
]
for (const design of designs.filter((d) => d.name.toLowerCase().includes(wanted))) {
  const started = performance.now()
  const results = simulate(design, replications, 20260101)
  console.log(
    `${design.name} (${design.setting}; ${replications} replications, ${Math.round((performance.now() - started) / 1000)} s)`,
  )
  for (const r of results) {
    if (!r.good) failed++
    const nominal = {
      coverage: 'covered, 93% to 97% expected',
      rejection: 'rejected, 3% to 7% expected',
      anytime: 'covered at every look, at least 95% expected',
    }[design.kind]
    console.log(
      `  ${r.good ? 'good' : 'BAD '} ${r.part.padEnd(20)} ${(100 * r.share).toFixed(1)}% ${nominal}${r.refused > 0 ? `, ${r.refused} refused` : ''}`,
    )
  }
}
console.log(failed === 0 ? 'All nominal rates hold.' : `${failed} rates are off.`)
process.exitCode = failed === 0 ? 0 : 1
