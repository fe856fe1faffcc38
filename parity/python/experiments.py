"""Group-sequential bounds by gsdesign; mixture ratio by quadrature and DeLong's variance by its definition (SciPy)."""

import numpy as np
from fixture import write
from scipy import integrate, stats

SEED = 18
rng = np.random.default_rng(SEED)


def mixture_ratio(difference, n, variance, tau):
    """Likelihood ratio of the mean difference, averaged over N(0, tau²) by adaptive quadrature."""
    sd = np.sqrt(variance / n)
    null = stats.norm.pdf(difference, 0, sd)
    return integrate.quad(
        lambda theta: stats.norm.pdf(difference, theta, sd) * stats.norm.pdf(theta, 0, tau) / null,
        -np.inf,
        np.inf,
        epsabs=0,
        epsrel=1e-12,
        limit=500,
        points=None,
    )[0]


a = np.round(rng.normal(0.4, 1, 30), 3)
b = np.round(rng.normal(0, 1, 30), 3)
tau = 0.7
ratios = [mixture_ratio(np.mean(a[:k] - b[:k]), k, 2.0, tau) for k in range(1, 31)]

score = np.round(rng.normal(size=80), 1)
other = np.round(score + rng.normal(size=80), 1)
y = (score + rng.normal(size=80) > 0.3).astype(int)


def components(values):
    high, low = values[y == 1], values[y == 0]
    psi = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    return psi.mean(), psi.mean(axis=1), psi.mean(axis=0)


first, second = components(score), components(other)
m, k = len(first[1]), len(first[2])


def covariance(u, v):
    return np.cov(u[1], v[1])[0, 1] / m + np.cov(u[2], v[2])[0, 1] / k


difference = first[0] - second[0]
error = np.sqrt(covariance(first, first) + covariance(second, second) - 2 * covariance(first, second))
write(
    "scipy-experiments",
    "scipy",
    SEED,
    1e-9,
    [
        {"case": "mixture ratio", "x": a, "y": b, "tau": tau, "sd": 1, "ratios": ratios},
        {
            "case": "delong",
            "y": y,
            "first": score,
            "second": other,
            "auc": first[0],
            "standardError": np.sqrt(covariance(first, first)),
            "difference": difference,
            "differenceError": error,
            "pValue": 2 * stats.norm.sf(abs(difference / error)),
        },
    ],
)
