"""Scores of classes and folds by scikit-learn, tests by SciPy and statsmodels, splits by optbinning, groups by Fairlearn."""

import warnings

import numpy as np
from fairlearn import metrics as fairness
from fixture import write
from optbinning import MDLP
from scipy import stats
from sklearn import metrics
from sklearn.model_selection import KFold, StratifiedKFold, TimeSeriesSplit
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.diagnostic import normal_ad
from statsmodels.stats.stattools import jarque_bera

warnings.simplefilter("ignore")
SEED = 31
rng = np.random.default_rng(SEED)

y = rng.integers(0, 3, 60)
raw = rng.dirichlet([1, 1, 1], 60) + 0.6 * np.eye(3)[y]
p = np.round(raw / raw.sum(axis=1, keepdims=True), 6)
p[:, 2] = 1 - p[:, 0] - p[:, 1]
guess = p.argmax(axis=1)
weights = np.round(rng.uniform(0.5, 2, 60), 3)
averages = []
for average in ("macro", "micro", "weighted"):
    for beta in (0.5, 1.0, 2.0):
        for w in (None, weights):
            a, b, f, _ = metrics.precision_recall_fscore_support(
                y, guess, beta=beta, average=average, sample_weight=w
            )
            j = metrics.jaccard_score(y, guess, average=average, sample_weight=w)
            averages.append(
                {"average": average, "beta": beta, "weighted": w is not None, "values": [a, b, f, j]}
            )
auc = [
    {"compare": m, "average": a, "value": metrics.roc_auc_score(y, p, multi_class=m, average=a)}
    for m in ("ovr", "ovo")
    for a in ("macro", "weighted")
]
kappa = [
    {"kind": k, "value": metrics.cohen_kappa_score(y, guess, weights=None if k == "none" else k)}
    for k in ("none", "linear", "quadratic")
]
write(
    "sklearn-classes",
    "scikit-learn",
    SEED,
    1e-12,
    [
        {
            "case": "three classes",
            "y": y,
            "guess": guess,
            "p": p,
            "weights": weights,
            "averages": averages,
            "auc": auc,
            "kappa": kappa,
            "logLoss": metrics.log_loss(y, p),
            "top2": metrics.top_k_accuracy_score(y, p, k=2),
        }
    ],
)

classes = np.array([1, 1, 0, 2, 1, 0, 2, 2, 1, 0, 1, 1, 0, 2, 1])
folds = [
    {"case": "k-fold", "tests": [t.tolist() for _, t in KFold(4).split(classes)]},
    {"case": "stratified", "tests": [t.tolist() for _, t in StratifiedKFold(3).split(classes, classes)]},
    {
        "case": "expanding",
        "tests": [t.tolist() for _, t in TimeSeriesSplit(3, gap=1, max_train_size=5).split(classes)],
        "trains": [t.tolist() for t, _ in TimeSeriesSplit(3, gap=1, max_train_size=5).split(classes)],
    },
]
write("sklearn-folds", "scikit-learn", SEED, 0, [{"classes": classes, **fold} for fold in folds])

samples = {
    "normal": np.round(rng.normal(10, 3, 40), 3),
    "exponential": np.round(rng.exponential(2, 25), 3),
    "few": np.array([2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8, 4.1]),
    "many": np.round(rng.standard_t(4, 300), 3),
}
cases = []
for name, x in samples.items():
    w, pw = stats.shapiro(x)
    a, pa = normal_ad(x)
    jb, pj, skew, kurtosis = jarque_bera(x)
    d = stats.ks_1samp(x, stats.norm(5, 4).cdf).statistic
    cases.append({"case": name, "values": x, "shapiro": [w, pw], "anderson": [a, pa], "jarqueBera": [jb, pj, skew, kurtosis], "ks": d})
write("scipy-normality", "scipy", SEED, 1e-9, cases)

tables = [[[[12, 5], [6, 9]], [[8, 6], [5, 14]], [[30, 12], [9, 20]]], [[[3, 10], [8, 4]], [[11, 6], [5, 11]]]]
cases = []
for k, strata in enumerate(tables):
    table = StratifiedTable([np.array(t, dtype=float) for t in strata])
    plain, adjusted = table.test_equal_odds(), table.test_equal_odds(adjust=True)
    cases.append({"case": f"tables {k}", "strata": strata, "plain": [plain.statistic, plain.pvalue], "tarone": [adjusted.statistic, adjusted.pvalue]})
write("statsmodels-equal-odds", "statsmodels", SEED, 1e-9, cases)

x = np.round(np.concatenate([rng.normal(0, 1, 80), rng.normal(3, 1, 60), rng.normal(7, 1.5, 60)]), 6)
target = np.concatenate([rng.random(80) < 0.1, rng.random(60) < 0.6, rng.random(60) < 0.95]).astype(int)
cases = []
for least in (2, 15):
    model = MDLP(min_samples_leaf=least, max_candidates=1000)
    model.fit(x, target)
    cases.append({"case": f"at least {least}", "values": x, "y": target, "minimumRows": least, "splits": model.splits})
write("optbinning-mdlp", "optbinning", SEED, 1e-12, cases)

outcome, decision = rng.integers(0, 2, 80), rng.integers(0, 2, 80)
group = np.array(["a", "b", "c"])[rng.integers(0, 3, 80)]
frame = {
    "differenceToOverall": fairness.MetricFrame(metrics=fairness.true_positive_rate, y_true=outcome, y_pred=decision, sensitive_features=group).difference(method="to_overall"),
    "smallest": fairness.MetricFrame(metrics=fairness.false_negative_rate, y_true=outcome, y_pred=decision, sensitive_features=group).group_min(),
    "largest": fairness.MetricFrame(metrics=fairness.false_negative_rate, y_true=outcome, y_pred=decision, sensitive_features=group).group_max(),
    "equalOpportunityRatio": fairness.equal_opportunity_ratio(outcome, decision, sensitive_features=group),
    "equalizedOddsMean": fairness.equalized_odds_difference(outcome, decision, sensitive_features=group, agg="mean"),
}
write("fairlearn-groups", "fairlearn", SEED, 1e-12, [{"case": "three groups", "outcome": outcome, "decision": decision, "group": group, **{k: float(v) for k, v in frame.items()}}])
