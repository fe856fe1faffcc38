"""The trends optbinning guesses, its constraints, and its tables of outcomes of more kinds."""

import numpy as np
from optbinning import ContinuousOptimalBinning, MulticlassOptimalBinning, OptimalBinning
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from fixture import write

cancer = load_breast_cancer(as_frame=True)
event = cancer.target.to_numpy()
trends = []
for column in ("mean radius", "mean texture", "mean symmetry", "worst area", "smoothness error"):
    x = cancer.data[column].to_numpy()
    fit = OptimalBinning(monotonic_trend="auto_asc_desc").fit(x, event)
    fit.binning_table.build()
    trends.append({"case": column, "x": x, "y": event, "splits": fit.splits, "iv": fit.binning_table.iv})
write("optbinning-direction", "optbinning", None, 1e-6, trends)

diabetes = load_diabetes(as_frame=True)
tables = []
for column, options in (("bmi", {}), ("s5", {"monotonic_trend": "auto_asc_desc"}), ("bp", {"max_bin_size": 0.25})):
    x = diabetes.data[column].to_numpy().copy()
    x[:15] = np.nan
    fit = ContinuousOptimalBinning(**options).fit(x, diabetes.target.to_numpy())
    table = fit.binning_table.build()
    bins = len(fit.splits) + 1
    columns = table[["Count", "Mean", "WoE", "IV"]].to_numpy()[:-1].astype(float)
    tables.append(
        {
            "case": column,
            "x": np.nan_to_num(x),
            "valid": np.isfinite(x).astype(int),
            "y": diabetes.target,
            "trend": "autoAscendingDescending" if options.get("monotonic_trend") else "auto",
            "maximumShare": options.get("max_bin_size", 1),
            "splits": fit.splits,
            # The last two rows are special and missing values; the former has none.
            "rows": columns[:bins],
            "missing": columns[-1],
        }
    )
write("optbinning-continuous", "optbinning", None, 1e-6, tables)

# Named as this library names them; what optbinning calls them stands beside.
constraints = {
    "p-values of all pairs": ({"maximumPValue": 0.05, "pValuePairs": "all"}, {"max_pvalue": 0.05, "max_pvalue_policy": "all"}),
    "all pairs, any trend": (
        {"maximumPValue": 0.05, "pValuePairs": "all", "trend": "none"},
        {"max_pvalue": 0.05, "max_pvalue_policy": "all", "monotonic_trend": None},
    ),
    "gamma": ({"gamma": 1}, {"gamma": 1}),
    "large bins": (
        {"minimumShare": 0.1, "maximumShare": 0.4, "cutsAgainstTrend": "dropped"},
        {"min_bin_size": 0.1, "max_bin_size": 0.4},
    ),
    "peak at its prebin": ({"trend": "peak", "turn": "atExtreme"}, {"monotonic_trend": "peak_heuristic"}),
    "valley at its prebin": ({"trend": "valley", "turn": "atExtreme"}, {"monotonic_trend": "valley_heuristic"}),
}
cases = []
for column in ("mean texture", "worst symmetry", "area error"):
    x = cancer.data[column].to_numpy()
    trials = []
    for name, (own, peer) in constraints.items():
        fit = OptimalBinning(**peer).fit(x, event)
        fit.binning_table.build()
        trials.append({"name": name, "options": own, "splits": fit.splits, "measure": fit.binning_table.iv})
    cases.append({"case": column, "x": x, "y": event, "trials": trials})
write("optbinning-constraints", "optbinning", None, 1e-6, cases)

wine = load_wine(as_frame=True)
classes = []
for column in ("ash", "alcohol", "hue"):
    x = wine.data[column].to_numpy()
    trials = []
    for name, own, peer in (
        ("p-values", {"maximumPValue": 0.05}, {"max_pvalue": 0.05}),
        ("differences", {"minimumRateDifference": 0.05}, {"min_event_rate_diff": 0.05}),
        ("named trends", {"trends": ["peak", "valley", "auto"]}, {"monotonic_trend": ["peak", "valley", "auto"]}),
    ):
        fit = MulticlassOptimalBinning(**peer).fit(x, wine.target.to_numpy())
        fit.binning_table.build()
        trials.append({"name": name, "options": own, "splits": fit.splits, "measure": fit.binning_table.js})
    classes.append({"case": column, "x": x, "y": wine.target, "trials": trials})
write("optbinning-multiclass", "optbinning", None, 1e-6, classes)
