"""Disjoint LinUCB by MABWiser."""

import numpy as np
from fixture import write
from mabwiser.mab import MAB, LearningPolicy

SEED = 19
rng = np.random.default_rng(SEED)
n, d = 60, 3
contexts = np.round(rng.normal(size=(n, d)), 2)
arms = rng.integers(0, 3, n)
weights = np.array([[1, 0, 0], [0, 1, 0], [0.3, 0.3, 0.6]])
rewards = np.round(np.einsum("ij,ij->i", contexts, weights[arms]) + 0.1 * rng.normal(size=n), 3)
fresh = np.round(rng.normal(size=(8, d)), 2)
mab = MAB([0, 1, 2], LearningPolicy.LinUCB(alpha=1.25, l2_lambda=1.5), seed=SEED)
mab.fit(arms, rewards, contexts)
write(
    "mabwiser-linucb",
    "mabwiser",
    SEED,
    1e-9,
    [
        {
            "case": "three arms",
            "contexts": contexts,
            "arms": arms,
            "rewards": rewards,
            "alpha": 1.25,
            "ridge": 1.5,
            "fresh": fresh,
            "bounds": [[row[a] for a in (0, 1, 2)] for row in mab.predict_expectations(fresh)],
            "choices": mab.predict(fresh),
            "coefficients": [mab._imp.arm_to_model[a].beta for a in (0, 1, 2)],
        }
    ],
)
