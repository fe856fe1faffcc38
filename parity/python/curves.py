"""Curves, weighted reports and the symmetric multinomial regression of scikit-learn."""

import numpy as np
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from fixture import write

SEED = 20261130
random = np.random.default_rng(SEED)
cases = []
for name, digits in (("few ties", 3), ("many ties", 1)):
    y = random.integers(0, 2, 60)
    score = np.round(0.6 * random.random(60) + 0.3 * y, digits)
    weights = random.integers(1, 4, 60)
    precision, recall, thresholds = metrics.precision_recall_curve(y, score, sample_weight=weights)
    false_positive, true_positive, corners = metrics.roc_curve(y, score, sample_weight=weights)
    cases.append(
        {
            "case": name,
            "y": y,
            "score": score,
            "weights": weights,
            "precision": precision,
            "recall": recall,
            "thresholds": thresholds,
            "falsePositiveRate": false_positive,
            "truePositiveRate": true_positive,
            "corners": corners[1:],
            "partial": [metrics.roc_auc_score(y, score, max_fpr=m, sample_weight=weights) for m in (0.05, 0.3, 1)],
        }
    )
write("sklearn-curves", "scikit-learn", SEED, 1e-12, cases)

truth = random.integers(0, 3, 80)
guess = np.where(random.random(80) < 0.6, truth, random.integers(0, 3, 80))
weights = np.round(random.random(80) * 3, 2)
report = {
    "case": "three classes",
    "y": truth,
    "predicted": guess,
    "weights": weights,
    "confusion": metrics.confusion_matrix(truth, guess, sample_weight=weights),
    "matthews": metrics.matthews_corrcoef(truth, guess, sample_weight=weights),
    "kappa": metrics.cohen_kappa_score(truth, guess, sample_weight=weights),
    "balanced": metrics.balanced_accuracy_score(truth, guess, sample_weight=weights),
    "adjusted": metrics.balanced_accuracy_score(truth, guess, sample_weight=weights, adjusted=True),
    "f1": metrics.f1_score(truth, guess, average=None, sample_weight=weights),
}
write("sklearn-weighted-report", "scikit-learn", SEED, 1e-12, [report])

x, y = load_iris(return_X_y=True)
multinomial = []
for c in (0.1, 1, 10):
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100_000).fit(x, y)
    multinomial.append(
        {
            "case": f"iris, C = {c}",
            "x": x,
            "y": y,
            "ridge": 1 / c,
            "intercepts": model.intercept_,
            "coefficients": model.coef_,
            "probabilities": model.predict_proba(x[::15]),
        }
    )
write("sklearn-multinomial", "scikit-learn", None, 2e-5, multinomial)
