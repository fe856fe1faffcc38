"""Raking by ipfn, and a stratified cluster sample's mean by samplics."""

import numpy as np
import pandas as pd
from fixture import write
from ipfn import ipfn
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam

SEED = 16
rng = np.random.default_rng(SEED)
n = 90
sex = rng.choice(["f", "m"], n, p=[0.6, 0.4])
age = rng.choice(["18", "35", "55"], n, p=[0.5, 0.3, 0.2])
city = rng.choice(["a", "b", "c", "d"], n)
totals = {
    "sex": {"f": 510.0, "m": 490.0},
    "age": {"18": 300.0, "35": 380.0, "55": 320.0},
    "city": {"a": 250.0, "b": 350.0, "c": 150.0, "d": 250.0},
}

frame = pd.DataFrame({"sex": sex, "age": age, "city": city, "total": 1.0})
aggregates = [pd.Series(v, name="total").rename_axis(k) for k, v in totals.items()]
raked = ipfn.ipfn(
    frame, aggregates, [[k] for k in totals], convergence_rate=1e-14, rate_tolerance=0, max_iteration=2000
).iteration()
case = {
    "case": "three margins",
    "values": {"sex": sex, "age": age, "city": city},
    "totals": totals,
    "weights": raked["total"].to_numpy(),
}
write("ipfn-raking", "ipfn", SEED, 1e-8, [case])

strata = np.repeat(["s1", "s2", "s3"], n // 3)
cluster = np.array([f"{s}-{i % 6}" for i, s in enumerate(strata)])
y = np.round(rng.normal(50, 10, n), 2)
weight = np.round(rng.uniform(1, 5, n), 2)
mean = TaylorEstimator(PopParam.mean)
mean.estimate(y=y, samp_weight=weight, stratum=strata, psu=cluster)
case = {
    "case": "stratified clusters",
    "y": y,
    "weights": weight,
    "strata": strata,
    "clusters": cluster,
    "mean": float(mean.point_est),
    "standardError": float(mean.stderror),
    "low": float(mean.lower_ci),
    "high": float(mean.upper_ci),
}
write("samplics-mean", "samplics", SEED, 1e-9, [case])
