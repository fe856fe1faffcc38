"""Tweedie, gamma, multinomial and ordinal regression by statsmodels."""

import numpy as np
import statsmodels.api as sm
from fixture import write
from statsmodels.miscmodels.ordinal_model import OrderedModel

SEED = 12
rng = np.random.default_rng(SEED)
n = 160
x = np.round(rng.normal(size=(n, 2)), 2)
design = sm.add_constant(x)
mean = np.exp(0.5 + 0.4 * x[:, 0] - 0.3 * x[:, 1])
offset = np.round(np.log(rng.uniform(0.5, 2, n)), 3)
weights = rng.integers(1, 4, n).astype(float)
claims = rng.poisson(0.8 * mean)
tweedie = np.round([rng.gamma(2 * k, 1.0) if k else 0.0 for k in claims], 3)
gamma = np.round(rng.gamma(3, mean / 3), 3) + 0.001

cases = []


def glm(case, family, y, link_name, power=None, **more):
    fit = sm.GLM(y, design, family=family, **more).fit(tol=1e-13, maxiter=200)
    cases.append(
        {
            "case": case,
            "x": x,
            "y": y,
            "link": link_name,
            "power": power,
            "offset": more.get("offset"),
            "weights": more.get("var_weights"),
            "coefficients": fit.params,
            "standardErrors": fit.bse,
            "dispersion": fit.scale,
            "deviance": fit.deviance,
        }
    )


for power in (1.2, 1.5, 1.9):
    glm(f"tweedie {power}", sm.families.Tweedie(var_power=power, link=sm.families.links.Log()), tweedie, "log", power)
glm(
    "tweedie with offset and weights",
    sm.families.Tweedie(var_power=1.5, link=sm.families.links.Log()),
    tweedie,
    "log",
    1.5,
    offset=offset,
    var_weights=weights,
)
glm("gamma log", sm.families.Gamma(link=sm.families.links.Log()), gamma, "log")
glm(
    "gamma with offset and weights",
    sm.families.Gamma(link=sm.families.links.Log()),
    gamma,
    "log",
    offset=offset,
    var_weights=weights,
)
write("statsmodels-glm", "statsmodels", SEED, 1e-8, cases)

eta = np.stack([np.zeros(n), 0.3 + 0.8 * x[:, 0], -0.2 - 0.6 * x[:, 1]], axis=1)
chance = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
nominal = np.array([rng.choice(3, p=row) for row in chance])
latent = 1.1 * x[:, 0] - 0.7 * x[:, 1] + rng.logistic(size=n)
ordered = np.digitize(latent, [-1.0, 0.5, 2.0])
choice = sm.MNLogit(nominal, design).fit(method="newton", tol=1e-14, maxiter=100, disp=0)
scale = OrderedModel(ordered, x, distr="logit").fit(method="newton", tol=1e-12, maxiter=200, disp=0)
cuts = scale.model.transform_threshold_params(scale.params)[1:-1]
write(
    "statsmodels-classes",
    "statsmodels",
    SEED,
    1e-6,
    [
        {
            "case": "multinomial",
            "x": x,
            "y": nominal,
            "coefficients": choice.params.T,
            "standardErrors": choice.bse.T,
            "logLikelihood": choice.llf,
            "nullLogLikelihood": choice.llnull,
            "probabilities": choice.predict(design)[:5],
        },
        {
            "case": "ordinal",
            "x": x,
            "y": ordered,
            "coefficients": scale.params[:2],
            "standardErrors": scale.bse[:2],
            "thresholds": cuts,
            "logLikelihood": scale.llf,
            "probabilities": scale.predict(x[:5]),
        },
    ],
)
