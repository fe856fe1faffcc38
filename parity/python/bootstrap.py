"""BCa intervals by SciPy from the kernel's own resamples."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from fixture import write
from scipy import stats

SEED = 20
ROOT = Path(__file__).resolve().parents[2]
values = np.round(np.random.default_rng(SEED).lognormal(3, 0.8, 40), 2)
PROGRAM = """
import { bootstrap, createRandom, summarizeSample } from '@tranche/stats'
const values = JSON.parse(process.argv[1])
const pick = (rows) => Array.from(rows, (row) => values[row])
const statistics = { mean: (v) => summarizeSample(v).mean, deviation: (v) => Math.sqrt(summarizeSample(v).variance) }
const entries = Object.entries(statistics).map(([name, f]) =>
  [name, [...bootstrap(values.length, (rows) => f(pick(rows)), { random: createRandom(5), resamples: 1000 }).replicates]])
console.log(JSON.stringify(Object.fromEntries(entries)))
"""
ran = subprocess.run(
    ["node", "--conditions=tranche-source", "--input-type=module", "-e", PROGRAM, json.dumps(values.tolist())],
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
)
replicates = json.loads(ran.stdout)
cases = []
for name, statistic in {
    "mean": lambda v, axis: np.mean(v, axis=axis),
    "deviation": lambda v, axis: np.std(v, axis=axis, ddof=1),
}.items():
    for method in ("BCa", "percentile"):
        drawn = SimpleNamespace(bootstrap_distribution=np.array(replicates[name]))
        interval = stats.bootstrap(
            (values,), statistic, n_resamples=0, method=method, bootstrap_result=drawn, vectorized=True
        ).confidence_interval
        cases.append(
            {
                "case": f"{name}, {method}",
                "values": values,
                "statistic": name,
                "method": method.lower(),
                "randomSeed": 5,
                "resamples": 1000,
                "low": interval.low,
                "high": interval.high,
            }
        )
write("scipy-bootstrap", "scipy", SEED, 1e-9, cases)
