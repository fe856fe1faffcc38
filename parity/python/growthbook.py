"""Post-stratified effects by gbstats. Its releases lag behind: give the path of packages/stats in a checkout of growthbook."""

import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from gbstats.models.statistics import (  # noqa: E402
    ProportionStatistic,
    RatioStatistic,
    RegressionAdjustedRatioStatistic,
    RegressionAdjustedStatistic,
    SampleMeanStatistic,
)
from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest  # noqa: E402

from fixture import write  # noqa: E402

SEED = 20260101
random = np.random.default_rng(SEED)


def mean(values):
    return {"kind": "mean", "sum": values.sum(), "sumOfSquares": (values**2).sum()}


def statistic(n, sums):
    if sums["kind"] == "proportion":
        return ProportionStatistic(n=n, sum=sums["sum"])
    return SampleMeanStatistic(n=n, sum=sums["sum"], sum_squares=sums["sumOfSquares"])


def arm(kind, n, level, effect):
    """One arm of one stratum, as the kernel takes it and as gbstats does."""
    pre_d = random.gamma(4, 1, n) + level
    pre_m = 0.5 * pre_d + random.normal(0, 1, n)
    d = pre_d + random.gamma(2, 0.5, n)
    m = 0.6 * pre_m + 0.4 * d + random.normal(0, 0.7, n) + effect
    if kind == "proportion":
        sums = {"kind": "proportion", "sum": int((random.uniform(size=n) < 0.1 + 0.1 * level + effect / 10).sum())}
        return {"n": n, **sums}, statistic(n, sums)
    if kind == "mean":
        return {"n": n, **mean(m)}, statistic(n, mean(m))
    if kind == "adjustedMean":
        products = (m * pre_m).sum()
        return {"kind": kind, "n": n, "post": mean(m), "pre": mean(pre_m), "products": products}, (
            RegressionAdjustedStatistic(n, statistic(n, mean(m)), statistic(n, mean(pre_m)), products, None)
        )
    if kind == "ratio":
        products = (m * d).sum()
        return {"kind": kind, "n": n, "numerator": mean(m), "denominator": mean(d), "products": products}, (
            RatioStatistic(n, statistic(n, mean(m)), statistic(n, mean(d)), products)
        )
    parts = {"numeratorPost": m, "denominatorPost": d, "numeratorPre": pre_m, "denominatorPre": pre_d}
    pairs = {
        "numeratorPostDenominatorPost": m * d,
        "numeratorPostNumeratorPre": m * pre_m,
        "numeratorPostDenominatorPre": m * pre_d,
        "denominatorPostNumeratorPre": d * pre_m,
        "denominatorPostDenominatorPre": d * pre_d,
        "numeratorPreDenominatorPre": pre_m * pre_d,
    }
    products = {name: values.sum() for name, values in pairs.items()}
    own = {"kind": kind, "n": n, **{name: mean(values) for name, values in parts.items()}, "products": products}
    return own, RegressionAdjustedRatioStatistic(
        n,
        *[statistic(n, mean(values)) for values in parts.values()],
        m_post_m_pre_sum_of_products=products["numeratorPostNumeratorPre"],
        d_post_d_pre_sum_of_products=products["denominatorPostDenominatorPre"],
        m_pre_d_pre_sum_of_products=products["numeratorPreDenominatorPre"],
        m_post_d_post_sum_of_products=products["numeratorPostDenominatorPost"],
        m_post_d_pre_sum_of_products=products["numeratorPostDenominatorPre"],
        m_pre_d_post_sum_of_products=products["denominatorPostNumeratorPre"],
        theta=None,
    )


SIZES = {
    "even": [(60, 70), (120, 90), (40, 45)],
    "a stratum too small for itself": [(60, 70), (2, 1), (120, 90), (40, 45)],
    "one stratum": [(60, 70)],
}
cases = []
for kind in ["mean", "proportion", "adjustedMean", "ratio", "adjustedRatio"]:
    for label, sizes in SIZES.items():
        strata = [
            (arm(kind, a, level, 0), arm(kind, b, level, 0.3)) for level, (a, b) in enumerate(sizes)
        ]
        for scale in ["absolute", "relative"]:
            config = FrequentistConfig(difference_type=scale, post_stratify=True)
            result = TwoSidedTTest([(c[1], t[1]) for c, t in strata], config).compute_result()
            cases.append(
                {
                    "case": f"{kind}, {label}, {scale}",
                    "scale": scale,
                    "strata": [{"control": c[0], "treatment": t[0]} for c, t in strata],
                    "estimate": result.uplift.mean,
                    "standardError": result.uplift.stddev,
                    "interval": list(result.ci),
                    "pValue": result.pValue,
                }
            )
write("growthbook-strata", "numpy", SEED, 1e-9, cases)
