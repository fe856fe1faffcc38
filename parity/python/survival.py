"""Competing risks by lifelines (times without ties, which it would jitter)."""

import numpy as np
from fixture import write
from lifelines import AalenJohansenFitter

SEED = 13
rng = np.random.default_rng(SEED)
n = 60
time = np.sort(rng.permutation(np.arange(1, 400))[:n]).astype(float)
cause = rng.choice(3, size=n, p=[0.3, 0.45, 0.25])
cases = []
for event in (1, 2):
    fit = AalenJohansenFitter(calculate_variance=True).fit(time, cause, event_of_interest=event)
    table = fit.cumulative_density_.iloc[1:, 0]
    cases.append(
        {
            "case": f"cause {event}",
            "time": time,
            "cause": cause,
            "of": event,
            "at": table.index.to_numpy(),
            "incidence": table.to_numpy(),
            "variance": fit.variance_.iloc[1:].to_numpy(),
        }
    )
write("lifelines-competing-risks", "lifelines", SEED, 1e-9, cases)
