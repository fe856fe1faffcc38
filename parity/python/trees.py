"""Leaf values and TreeSHAP of boosted trees on tiny data: LightGBM for squares and counts, XGBoost for 0/1."""

import lightgbm
import numpy as np
import xgboost
from fixture import write

SEED = 11
rng = np.random.default_rng(SEED)
n, p = 400, 4
# Few levels, so that no leaf has a gap between two: there the packages put the threshold at different ends.
x = rng.integers(0, 6, size=(n, p)).astype(float)
signal = 1.2 * x[:, 0] - 0.3 * (x[:, 1] - 3) ** 2 + 0.4 * x[:, 0] * (x[:, 2] > 2)
squares = np.round(signal + rng.normal(size=n), 3)
counts = rng.poisson(np.exp(0.15 * signal)).astype(float)
classes = (signal + rng.logistic(size=n) > np.median(signal)).astype(float)
SHARED = {"trees": 5, "learningRate": 0.1, "leaves": 6, "minimumLeafRows": 10}


def gbm(objective, y, **more):
    params = {
        "objective": objective,
        "num_leaves": SHARED["leaves"],
        "learning_rate": SHARED["learningRate"],
        "min_data_in_leaf": SHARED["minimumLeafRows"],
        "min_data_in_bin": 1,
        "min_sum_hessian_in_leaf": 1e-3,
        "feature_pre_filter": False,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
        **more,
    }
    booster = lightgbm.train(params, lightgbm.Dataset(x, y), SHARED["trees"])
    leaves = booster.trees_to_dataframe()
    return booster, leaves[leaves["left_child"].isna()]


cases = []
for kind, objective, y, more in [
    ("regression", "regression", squares, {}),
    ("poisson", "poisson", counts, {"poisson_max_delta_step": 1e-10}),
    ("binary", "binary", classes, {}),
]:
    booster, leaves = gbm(objective, y, **more)
    case = {
        "case": kind,
        "options": SHARED,
        "x": x,
        "y": y,
        "raw": booster.predict(x, raw_score=True),
        "leafCounts": [sorted(map(int, c)) for _, c in leaves.groupby("tree_index")["count"]],
    }
    if kind == "regression":
        case["shap"] = booster.predict(x[:40], pred_contrib=True)
    cases.append(case)
write("lightgbm-tiny", "lightgbm", SEED, 1e-6, cases)

# XGBoost weighs rows by hessian in TreeSHAP, as the kernel does; its trees are single precision.
booster = xgboost.train(
    {
        "objective": "binary:logistic",
        "base_score": float(classes.mean()),
        "tree_method": "exact",
        "max_depth": 3,
        "eta": 0.2,
        "lambda": 0,
        "min_child_weight": 1,
        "nthread": 1,
    },
    xgboost.DMatrix(x, classes),
    10,
)
margin = booster.predict(xgboost.DMatrix(x[:40]), output_margin=True)
dump = booster.trees_to_dataframe()
write(
    "xgboost-shap",
    "xgboost",
    SEED,
    1e-5,
    [
        {
            "case": "binary",
            "base": float(np.log(classes.mean() / (1 - classes.mean()))),
            "x": x[:40],
            "margin": margin.astype(float),
            "contributions": booster.predict(xgboost.DMatrix(x[:40]), pred_contribs=True).astype(float),
            "trees": [
                [
                    {
                        "feature": -1 if row.Feature == "Leaf" else int(row.Feature[1:]),
                        "threshold": None if row.Feature == "Leaf" else float(row.Split),
                        "left": None if row.Feature == "Leaf" else int(row.Yes.split("-")[1]),
                        "right": None if row.Feature == "Leaf" else int(row.No.split("-")[1]),
                        "value": float(row.Gain) if row.Feature == "Leaf" else 0.0,
                        "cover": float(row.Cover),
                    }
                    for row in tree.itertuples()
                ]
                for _, tree in dump.sort_values(["Tree", "Node"]).groupby("Tree")
            ],
        }
    ],
)
