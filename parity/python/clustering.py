"""k-prototypes by kmodes, best of many starts."""

import numpy as np
from fixture import write
from kmodes.kprototypes import KPrototypes

SEED = 17
rng = np.random.default_rng(SEED)
centre = np.repeat([[0.0, 0.0], [4.0, 1.0], [1.0, 5.0]], 20, axis=0)
numbers = np.round(centre + rng.normal(scale=0.8, size=centre.shape), 2)
group = np.repeat([0, 1, 2], 20)
words = np.stack([np.where(rng.random(60) < 0.8, group, rng.integers(0, 3, 60)) for _ in range(2)], axis=1)
cases = []
for gamma in (0.5, 2.0):
    both = np.column_stack([numbers.astype(object), words.astype(object)])
    fit = KPrototypes(n_clusters=3, init="Cao", n_init=30, gamma=gamma, random_state=SEED).fit(both, categorical=[2, 3])
    cases.append(
        {
            "case": f"gamma {gamma}",
            "numbers": numbers,
            "categories": words,
            "gamma": gamma,
            "cost": float(fit.cost_),
            "labels": fit.labels_.astype(int),
        }
    )
write("kmodes", "kmodes", SEED, 1e-9, cases)
