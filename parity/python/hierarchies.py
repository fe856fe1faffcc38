"""Reconciled and shared-out forecasts of a hierarchy of two levels by hierarchicalforecast."""

import numpy as np
from hierarchicalforecast.methods import MinTrace, TopDown

from fixture import write

SEED = 5
random = np.random.default_rng(SEED)
summing = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], *np.eye(4)], float)
bottom = random.normal(20, 4, (4, 40)).cumsum(1) / 10 + random.normal(10, 1, (4, 40))
series = summing @ bottom
errors = random.normal(0, 1, series.shape) * np.array([3, 2, 2, 1, 1.5, 1, 2])[:, None]
base = np.array([110.0, 60, 55, 22, 30, 28, 24])
tags = {"total": np.array([0]), "middle": np.array([1, 2]), "bottom": np.arange(3, 7)}
past = {"y_insample": series, "y_hat_insample": series + errors}
peers = {
    "sample": MinTrace("mint_cov"),
    "shrunk": MinTrace("mint_shrink", mint_shr_ridge=0.0),
    "averageProportions": TopDown("average_proportions"),
    "proportionAverages": TopDown("proportion_averages"),
    "forecastProportions": TopDown("forecast_proportions"),
}
forecasts = {}
for own, peer in peers.items():
    more = past if isinstance(peer, MinTrace) else {"y_insample": series, "tags": tags}
    forecasts[own] = peer.fit_predict(S=summing, y_hat=base[:, None], **more)["mean"][:, 0]
data = {"summing": summing.ravel(), "base": base, "history": bottom.T.ravel(), "errors": -errors.T.ravel()}
write("hierarchicalforecast", "hierarchicalforecast", SEED, 1e-6, [{"case": "two levels", **data, "forecasts": forecasts}])
