"""Curves of ranked effects by causalml and scikit-uplift. Give the paths of a checkout of each; of causalml only two files
are read, since its import wants more packages than they do."""

import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd

from fixture import write

causalml, scikit_uplift = (Path(p) for p in sys.argv[1:3])
sys.path.insert(0, str(scikit_uplift))
from sklift.metrics.metrics import average_squared_deviation, max_prof_uplift, treatment_balance_curve  # noqa: E402


def functions(path):
    """What a file defines beside its plots."""
    text = path.read_text().replace("from ..inference.meta.tmle import TMLELearner", "")
    for plotting in ("from lightgbm import LGBMRegressor", "import seaborn as sns", 'sns.set_palette("Paired")', 'plt.style.use("fivethirtyeight")'):
        text = text.replace(plotting, "")
    module = types.ModuleType(path.stem)
    module.LGBMRegressor = lambda **_: None
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


visualize, rate = (functions(causalml / f"causalml/metrics/{name}.py") for name in ("visualize", "rate"))
SEED = 20261130
random = np.random.default_rng(SEED)
cases = []
for name, n, known in (("outcomes", 60, False), ("true effects", 40, True)):
    w = random.integers(0, 2, n)
    score = random.permutation(n) / 8.0
    tau = np.round(score / 20 + random.normal(size=n), 3)
    y = np.round(random.normal(size=n) + w * tau, 3)
    # The first rows of the ranking all have the treatment.
    w[np.argsort(-score)[:4]] = 1
    frame = pd.DataFrame({"y": y, "w": w, "model": score})
    if known:
        frame["tau"] = tau
    cases.append(
        {
            "case": name,
            "y": y,
            "treatment": w,
            "uplift": score,
            "effects": tau if known else None,
            "lift": visualize.get_cumlift(frame)["model"],
            "gain": visualize.get_cumgain(frame, normalize=True)["model"],
            "qini": visualize.get_qini(frame)["model"],
            "auuc": [visualize.auuc_score(frame, normalize=k)["model"] for k in (True, False)],
            "qiniScore": [visualize.qini_score(frame, normalize=k)["model"] for k in (True, False)],
            "targeting": rate.get_toc(frame)["model"],
            "autoc": rate.rate_score(frame, weighting="autoc")["model"],
            "qiniRate": rate.rate_score(frame, weighting="qini")["model"],
        }
    )


def plain(values):
    return [None if np.isnan(v) else v for v in values]


flat = [{k: v if isinstance(v, str) or v is None else plain(np.asarray(v, float).ravel()) for k, v in c.items()} for c in cases]
write("causalml-curves", "causalml", SEED, 1e-10, flat, checkout="master, November 2026")

n = 80
y, w = random.integers(0, 2, n), random.integers(0, 2, n)
score = np.round(random.normal(size=n), 1)
other = random.integers(0, 2, n)
ranked = pd.DataFrame({"y": y, "w": w, "s": score}).sort_values("s", ascending=False, kind="stable")
profit = max_prof_uplift(ranked, "w", "y", 1, 20, 1, 0.5, 3)
write(
    "sklift-campaign",
    "scikit-uplift",
    SEED,
    1e-10,
    [
        {
            "case": "campaign",
            "y": y,
            "treatment": w,
            "uplift": score,
            "others": other,
            "profit": profit[1].to_numpy(),
            "balance": treatment_balance_curve(score, w, 15)[1],
            "deviation": {
                "overall": average_squared_deviation(y, score, w, other, score, w, strategy="overall", bins=5),
                "byGroup": average_squared_deviation(y, score, w, other, score, w, strategy="by_group", bins=5),
            },
        }
    ],
    checkout="0.5.1, master",
)
