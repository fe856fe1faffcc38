"""Meta-learners of EconML over linear models, with the kernel's interleaved folds and a known propensity."""

import numpy as np
from econml.dml import NonParamDML
from econml.dr import DRLearner
from econml.metalearners import SLearner, TLearner, XLearner
from fixture import write
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression

SEED = 14
FOLDS = 5
rng = np.random.default_rng(SEED)
n = 120
x = np.round(rng.normal(size=(n, 3)), 2)
t = rng.permutation(np.repeat([0, 1], n // 2))
y = np.round(1 + x[:, 0] + t * (0.5 + 0.8 * x[:, 1]) + rng.normal(size=n), 3)
row = np.arange(n)
splits = [(row[row % FOLDS != k], row[row % FOLDS == k]) for k in range(FOLDS)]


class Known(ClassifierMixin, BaseEstimator):
    """A propensity known by design."""

    def fit(self, x, t):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, x):
        return np.full((len(x), 2), 0.5)

    def predict(self, x):
        return np.zeros(len(x), dtype=int)


class PerArm(RegressorMixin, BaseEstimator):
    """A linear model for each arm; the last column tells the arm."""

    def fit(self, x, y):
        self.models_ = [LinearRegression().fit(x[x[:, -1] == a, :-1], y[x[:, -1] == a]) for a in (0, 1)]
        return self

    def predict(self, x):
        low, high = (m.predict(x[:, :-1]) for m in self.models_)
        return np.where(x[:, -1] == 1, high, low)


def effects(model):
    return model.effect(x[:20]).ravel()


expected = {
    "sLearner": effects(SLearner(overall_model=LinearRegression()).fit(y, t, X=x)),
    "tLearner": effects(TLearner(models=LinearRegression()).fit(y, t, X=x)),
    "xLearner": effects(
        XLearner(
            models=LinearRegression(),
            cate_models=LinearRegression(),
            propensity_model=DummyClassifier(strategy="prior"),
        ).fit(y, t, X=x)
    ),
    "drLearner": effects(
        DRLearner(
            model_propensity=Known(),
            model_regression=PerArm(),
            model_final=LinearRegression(),
            cv=splits,
            min_propensity=1e-6,
        ).fit(y, t, X=x)
    ),
    "rLearner": effects(
        NonParamDML(
            model_y=LinearRegression(),
            model_t=Known(),
            model_final=LinearRegression(),
            discrete_treatment=True,
            cv=splits,
        ).fit(y, t, X=x)
    ),
}
write(
    "econml-learners",
    "econml",
    SEED,
    1e-8,
    [{"case": name, "x": x, "y": y, "treatment": t, "folds": FOLDS, "effects": v} for name, v in expected.items()],
)
