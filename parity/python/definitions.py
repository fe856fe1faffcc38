"""Formulas written out with NumPy where no package offers them alone: MinT and the delta method of a ratio."""

import numpy as np
from fixture import write

SEED = 22
rng = np.random.default_rng(SEED)

summing = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], *np.eye(4)])
base = np.round(rng.uniform(20, 120, 7), 2)
variances = np.round(rng.uniform(1, 30, 7), 2)


def reconcile(weights):
    inverse = np.diag(1 / weights)
    return summing @ np.linalg.solve(summing.T @ inverse @ summing, summing.T @ inverse @ base)


revenue = np.round(rng.gamma(2, 20, 50), 2)
sessions = rng.integers(1, 9, 50).astype(float)
ratio = revenue.mean() / sessions.mean()
influence = (revenue - ratio * sessions) / sessions.mean()
write(
    "numpy-definitions",
    "numpy",
    SEED,
    1e-10,
    [
        {
            "case": "reconciliation",
            "summing": summing,
            "base": base,
            "variances": variances,
            "variance": reconcile(variances),
            "structural": reconcile(summing.sum(axis=1).astype(float)),
            "ols": reconcile(np.ones(7)),
        },
        {
            "case": "ratio",
            "numerator": revenue,
            "denominator": sessions,
            "estimate": ratio,
            "standardError": influence.std(ddof=1) / np.sqrt(len(revenue)),
        },
    ],
)
