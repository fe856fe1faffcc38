"""Small measures and tests: combined p-values, one proportion, power of unequal groups, labels, bins, scales, metrics by group."""

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from scipy.stats import combine_pvalues
from sklearn.metrics import adjusted_mutual_info_score, f1_score, mean_absolute_error
from sklearn.preprocessing import MinMaxScaler, RobustScaler
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportions_ztest, samplesize_confint_proportion

from fixture import write

SEED = 20261201
random = np.random.default_rng(SEED)
p = [0.01, 0.2, 0.3, 0.04]
weights = [1.0, 2.0, 0.5, 3.0]
names = {"fisher": "fisher", "pearson": "pearson", "tippett": "tippett", "stouffer": "stouffer", "mudholkar_george": "logit"}
combined = []
for peer, own in names.items():
    found = combine_pvalues(p, method=peer)
    combined.append({"case": own, "p": p, "weights": None, "statistic": found.statistic, "pValue": found.pvalue})
found = combine_pvalues(p, method="stouffer", weights=weights)
combined.append({"case": "stouffer", "p": p, "weights": weights, "statistic": found.statistic, "pValue": found.pvalue})
write("scipy-combined", "scipy", None, 1e-10, combined)

proportions = []
for count, n, value in ((5, 83, 0.05), (421, 1000, 0.45)):
    for own, peer in (("twoSided", "two-sided"), ("less", "smaller"), ("greater", "larger")):
        sample = proportions_ztest(count, n, value, alternative=peer)
        null = proportions_ztest(count, n, value, alternative=peer, prop_var=value)
        proportions.append(
            {
                "case": f"{count} of {n} against {value}, {own}",
                "successes": count,
                "n": n,
                "hypothesis": value,
                "alternative": own,
                "sample": sample,
                "null": null,
                "rows": samplesize_confint_proportion(value, 0.03, alpha=0.1),
            }
        )
write("statsmodels-one-proportion", "statsmodels", None, 1e-10, proportions)

power = []
for ratio in (0.5, 1, 2.5):
    for method, peer in (("t", TTestIndPower()), ("normal", NormalIndPower())):
        power.append(
            {
                "case": f"{method}, ratio {ratio}",
                "method": method,
                "allocation": ratio,
                "power": peer.power(0.5, 30, 0.05, ratio=ratio),
            }
        )
write("statsmodels-allocation", "statsmodels", None, 1e-8, power)

truth = random.integers(0, 4, 90)
noisy = np.where(random.random(90) < 0.5, truth, random.integers(0, 6, 90))
labels = [
    {"case": "noisy", "a": truth, "b": noisy, "adjusted": adjusted_mutual_info_score(truth, noisy)},
    {"case": "unrelated", "a": truth, "b": random.permutation(noisy), "adjusted": None},
]
labels[1]["adjusted"] = adjusted_mutual_info_score(truth, labels[1]["b"])
write("sklearn-mutual-information", "scikit-learn", SEED, 1e-10, labels)

values = np.round(random.lognormal(size=50), 1)
cuts = []
for bins in (3, 4, 7):
    for closed in ("right", "left"):
        codes, edges = pd.cut(values, bins, labels=False, retbins=True, right=closed == "right")
        cuts.append({"case": f"{bins}, {closed}", "values": values, "bins": bins, "closed": closed, "codes": codes, "edges": edges})
write("pandas-cut", "pandas", SEED, 1e-12, cuts)

x = random.normal(size=(25, 3)) * [1, 10, 100] + [5, 0, -3]
scales = [
    {"case": "range", "x": x, "scaled": MinMaxScaler().fit_transform(x)},
    {"case": "interquartile", "x": x, "scaled": RobustScaler().fit_transform(x)},
]
write("sklearn-scales", "scikit-learn", SEED, 1e-10, scales)

y, guess = random.integers(0, 2, 120), random.integers(0, 2, 120)
group = random.choice(["a", "b", "c"], 120)
metrics = []
for name, metric, truth, predicted in (
    ("f1", f1_score, y, guess),
    ("absolute error", mean_absolute_error, y * 3.5, guess + random.random(120)),
):
    frame = MetricFrame(metrics=metric, y_true=truth, y_pred=predicted, sensitive_features=group)
    metrics.append(
        {
            "case": name,
            "y": truth,
            "predicted": predicted,
            "group": group,
            "overall": frame.overall,
            "byGroup": frame.by_group.to_dict(),
            "difference": frame.difference(),
            "ratio": frame.ratio(),
            "differenceToOverall": frame.difference(method="to_overall"),
            "ratioToOverall": frame.ratio(method="to_overall"),
            "smallest": frame.group_min(),
            "largest": frame.group_max(),
        }
    )
write("fairlearn-metric-frame", "fairlearn", SEED, 1e-10, metrics)
