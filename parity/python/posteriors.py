"""Beta and normal posteriors by SciPy's adaptive quadrature."""

import numpy as np
from scipy import optimize
from scipy.integrate import quad
from scipy.stats import beta, norm

from fixture import write


def integral(f, dist):
    points = dist.ppf([1e-13, 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-6, 1 - 1e-13])
    return sum(quad(f, a, b, epsabs=1e-12, epsrel=1e-10, limit=200)[0] for a, b in zip(points, points[1:]))


betas = []
for control, treatment, prior in (
    ((10, 100), (15, 100), (1, 1)),
    ((42, 104), (500, 1009), (0.5, 0.5)),
    ((3, 40), (1, 35), (1, 1)),
    ((9000, 100000), (9100, 100000), (1, 1)),
):
    c, t = (beta(prior[0] + x, prior[1] + n - x) for x, n in (control, treatment))
    above = lambda d, relative: integral(lambda x: c.pdf(x) * t.sf(x * (1 + d) if relative else x + d), c)
    excess = lambda x, y: y.mean() * beta(y.args[0] + 1, y.args[1]).sf(x) - x * y.sf(x)
    risk = [integral(lambda x: a.pdf(x) * excess(x, b), a) for a, b in ((c, t), (t, c))]
    ends = {
        relative: [optimize.brentq(lambda d: above(d, relative) - p, -0.99, 4, xtol=1e-12) for p in (0.95, 0.05)]
        for relative in (False, True)
    }
    betas.append(
        {
            "case": f"{control} against {treatment}",
            "control": {"successes": control[0], "n": control[1]},
            "treatment": {"successes": treatment[0], "n": treatment[1]},
            "prior": {"a": prior[0], "b": prior[1]},
            "chanceToWin": above(0, False),
            "risk": risk,
            "absolute": ends[False],
            "relative": ends[True],
            "meanRatio": t.mean() * (c.args[0] + c.args[1] - 1) / (c.args[0] - 1) - 1,
        }
    )
write("scipy-beta-posteriors", "scipy", None, 1e-7, betas)

arms = []
for name, beliefs in (
    ("two", [(1, 1), (2, 1)]),
    ("four", [(0.01, 0.002), (0.02, 0.002), (0.03, 0.002), (0.3, 0.02)]),
    ("one much surer", [(0, 1), (0.05, 0.001), (0.1, 1)]),
):
    dists = [norm(m, v**0.5) for m, v in beliefs]
    best, second = [], []
    for i, own in enumerate(dists):
        others = [d for k, d in enumerate(dists) if k != i]
        cuts = sorted({*own.ppf([1e-16, 0.5]), own.isf(1e-16), *(x for d in others for x in d.ppf([1e-12, 0.1, 0.5, 0.9, 1 - 1e-12]))})
        total = lambda f: sum(quad(f, a, b, epsabs=1e-14, limit=200)[0] for a, b in zip(cuts, cuts[1:]))
        best.append(total(lambda x: own.pdf(x) * np.prod([d.cdf(x) for d in others])))
        second.append(
            sum(total(lambda x: own.pdf(x) * d.sf(x) * np.prod([e.cdf(x) for e in others if e is not d])) for d in others)
        )
    arms.append(
        {
            "case": name,
            "beliefs": [{"mean": m, "variance": v} for m, v in beliefs],
            "best": best,
            "topTwo": [(a + b) / 2 for a, b in zip(best, second)],
        }
    )
write("scipy-best-arm", "scipy", None, 1e-8, arms)
