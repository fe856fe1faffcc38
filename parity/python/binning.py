"""The trends optbinning guesses, and its tables of a continuous outcome."""

import numpy as np
from optbinning import ContinuousOptimalBinning, OptimalBinning
from sklearn.datasets import load_breast_cancer, load_diabetes

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
