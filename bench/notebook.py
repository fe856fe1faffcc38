"""The customer value notebook as people write it: pandas, lifetimes, scikit-learn.

python notebook.py TRANSACTIONS.parquet OBSERVATION_END THREADS    prints results and seconds of each step as JSON
"""

import json
import os
import platform
import resource
import sys
import time

path, observation_end, threads = sys.argv[1], sys.argv[2], sys.argv[3]
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = threads

import lifetimes
import numpy as np
import pandas as pd
import pyarrow as pa
import sklearn
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import summary_data_from_transaction_data
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

pa.set_cpu_count(int(threads))
seconds = {}
begin = last = time.perf_counter()


def done(step):
    global last
    now = time.perf_counter()
    seconds[step] = now - last
    last = now


transactions = pd.read_parquet(path, columns=["customer_id", "occurred_at", "amount"])
done("read")

# One row per customer: repeat purchase days, last minus first, age, mean amount of a repeat day.
summary = summary_data_from_transaction_data(
    transactions,
    "customer_id",
    "occurred_at",
    monetary_value_col="amount",
    observation_period_end=observation_end,
    freq="D",
)
done("summary")

rfm = pd.DataFrame(
    {
        "recency": summary["T"] - summary["recency"],
        "frequency": summary["frequency"] + 1,
        "monetary": transactions.groupby("customer_id")["amount"].sum(),
    }
)
rfm["r_score"] = pd.qcut(rfm["recency"].rank(method="first", ascending=False), 5, labels=False) + 1
rfm["f_score"] = pd.qcut(rfm["frequency"].rank(method="first"), 5, labels=False) + 1
rfm["m_score"] = pd.qcut(rfm["monetary"].rank(method="first"), 5, labels=False) + 1
done("rfm")

bgf = BetaGeoFitter(penalizer_coef=0.0)
bgf.fit(summary["frequency"], summary["recency"], summary["T"])
done("bg_nbd")

repeaters = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
ggf = GammaGammaFitter(penalizer_coef=0.0)
ggf.fit(repeaters["frequency"], repeaters["monetary_value"])
done("gamma_gamma")

summary["p_alive"] = bgf.conditional_probability_alive(summary["frequency"], summary["recency"], summary["T"])
summary["value_12m"] = ggf.customer_lifetime_value(
    bgf,
    summary["frequency"],
    summary["recency"],
    summary["T"],
    summary["monetary_value"],
    time=12,
    discount_rate=0.01,
    freq="D",
)
done("value")

logs = np.log1p(rfm[["recency", "frequency", "monetary"]].to_numpy())
scaled = StandardScaler().fit_transform(logs)
starts = scaled[[i * len(scaled) // 8 for i in range(8)]]
kmeans = KMeans(n_clusters=8, init=starts, n_init=1, tol=1e-4, max_iter=300).fit(scaled)
rfm["cluster"] = kmeans.labels_
done("k_means")

rfm["value_12m"] = summary["value_12m"]
profiles = rfm.groupby("cluster").agg(
    customers=("frequency", "size"),
    recency=("recency", "mean"),
    frequency=("frequency", "mean"),
    monetary=("monetary", "mean"),
    value_12m=("value_12m", "sum"),
)
done("profiles")

cells = rfm.groupby(["r_score", "f_score", "m_score"]).size()
print(
    json.dumps(
        {
            "versions": {
                "python": platform.python_version(),
                "pandas": pd.__version__,
                "lifetimes": lifetimes.__version__,
                "scikit-learn": sklearn.__version__,
                "pyarrow": pa.__version__,
            },
            "seconds": {**seconds, "all": last - begin},
            "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "results": {
                "customers": len(rfm),
                "purchaseDays": int(rfm["frequency"].sum()),
                "amount": float(rfm["monetary"].sum()),
                "daysSinceLast": float(rfm["recency"].sum()),
                "rfmCells": {"-".join(str(int(score)) for score in key): int(n) for key, n in cells.items()},
                "bgNbd": {name: float(value) for name, value in bgf.params_.items()},
                # lifetimes divides by the number of customers and measures time in units of its own scale.
                "bgNbdLogLikelihood": float(
                    bgf._negative_log_likelihood(
                        np.log(bgf.params_[["r", "alpha", "a", "b"]].to_numpy()),
                        summary["frequency"].to_numpy(),
                        summary["recency"].to_numpy(),
                        summary["T"].to_numpy(),
                        np.ones(len(summary)),
                        0.0,
                    )
                    * -len(summary)
                ),
                "gammaGamma": {name: float(value) for name, value in ggf.params_.items()},
                "pAlive": float(summary["p_alive"].sum()),
                "value": float(summary["value_12m"].sum()),
                "inertia": float(kmeans.inertia_),
                "iterations": int(kmeans.n_iter_),
                "profiles": profiles.reset_index(drop=True).to_dict("records"),
            },
        }
    )
)
