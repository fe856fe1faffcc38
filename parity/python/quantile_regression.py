"""Quantile regression by statsmodels, on Engel's food expenditure."""

import numpy as np
import statsmodels.api as sm
from statsmodels.regression.quantile_regression import QuantReg

from fixture import write

KERNELS = {"epanechnikov": "epa", "biweight": "biw", "cosine": "cos", "gaussian": "gau", "parzen": "par"}
BANDWIDTHS = {"hallSheather": "hsheather", "bofinger": "bofinger", "chamberlain": "chamberlain"}
data = sm.datasets.engel.load_pandas().data
x, y = data["income"].to_numpy(), data["foodexp"].to_numpy()
settings = [(0.5, k, b, "iid") for k in KERNELS for b in BANDWIDTHS] + [
    (q, "epanechnikov", "hallSheather", v) for q in (0.1, 0.25, 0.75, 0.9) for v in ("robust", "iid")
]
cases = []
for q, kernel, bandwidth, covariance in settings:
    fit = QuantReg(y, sm.add_constant(x)).fit(
        q=q, vcov=covariance, kernel=KERNELS[kernel], bandwidth=BANDWIDTHS[bandwidth]
    )
    cases.append(
        {
            "case": f"{q} {kernel} {bandwidth} {covariance}",
            "level": q,
            "kernel": kernel,
            "bandwidth": bandwidth,
            "covariance": covariance,
            "coefficients": fit.params,
            "standardErrors": fit.bse,
            "pseudoRSquared": fit.prsquared,
            "sparsity": fit.sparsity,
            "width": fit.bandwidth,
        }
    )
write("statsmodels-quantile", "statsmodels", None, 1e-6, [{"case": "data", "x": x, "y": y}] + cases)
