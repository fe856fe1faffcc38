"""Frequent sequences of single items by the prefixspan package."""

import numpy as np
from fixture import write
from prefixspan import PrefixSpan

SEED = 15
rng = np.random.default_rng(SEED)
sequences = [rng.integers(0, 6, size=rng.integers(2, 9)).tolist() for _ in range(80)]
cases = []
for minimum in (12, 25):
    span = PrefixSpan(sequences)
    span.maxlen = 4
    found = sorted(([list(map(int, items)), int(count)] for count, items in span.frequent(minimum)), key=lambda f: f[0])
    cases.append({"case": f"at least {minimum}", "sequences": sequences, "minimum": minimum, "longest": 4, "found": found})
write("prefixspan", "prefixspan", SEED, 0, cases)
