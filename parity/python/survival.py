"""Competing risks by lifelines (times without ties, which it would jitter), and its parametric and additive regressions."""

import numpy as np
from fixture import write
from lifelines import AalenAdditiveFitter, AalenJohansenFitter, LogNormalAFTFitter, WeibullAFTFitter
from lifelines.datasets import load_rossi

SEED = 13
rng = np.random.default_rng(SEED)
n = 60
time = np.sort(rng.permutation(np.arange(1, 400))[:n]).astype(float)
cause = rng.choice(3, size=n, p=[0.3, 0.45, 0.25])
cases = []
for event in (1, 2):
    fit = AalenJohansenFitter(calculate_variance=True).fit(time, cause, event_of_interest=event)
    table = fit.cumulative_density_.iloc[1:, 0]
    cases.append(
        {
            "case": f"cause {event}",
            "time": time,
            "cause": cause,
            "of": event,
            "at": table.index.to_numpy(),
            "incidence": table.to_numpy(),
            "variance": fit.variance_.iloc[1:].to_numpy(),
        }
    )
write("lifelines-competing-risks", "lifelines", SEED, 1e-9, cases)

# A penalty, and a shape with covariates of its own; its search stops at about four digits.
rossi = load_rossi()
names = [name for name in rossi.columns if name not in ("week", "arrest")]
fits = []
for own, fitter in (("weibull", WeibullAFTFitter), ("logNormal", LogNormalAFTFitter)):
    drawn = fitter(penalizer=0.1).fit(rossi, "week", "arrest")
    shaped = fitter().fit(rossi, "week", "arrest", ancillary=rossi[["prio"]])
    place, shape = drawn.params_.index.get_level_values(0).unique()
    fits.append(
        {
            "distribution": own,
            "drawn": [drawn.params_[place][name] for name in names],
            "penalised": drawn.log_likelihood_,
            "shaped": [shaped.params_[place][name] for name in names],
            # Of ln scale: lifelines' shapes are its reciprocals, but for the log-normal's.
            "ofScale": (1 if own == "logNormal" else -1) * shaped.params_[shape]["prio"],
            "logLikelihood": shaped.log_likelihood_,
        }
    )
columns = {"time": rossi["week"], "event": rossi["arrest"], "x": rossi[names].to_numpy().ravel(), "prio": rossi["prio"]}
additive = [AalenAdditiveFitter(coef_penalizer=c).fit(rossi, "week", "arrest").cumulative_hazards_ for c in (0.0, 1.0)]
cases = [{"case": "rossi", **columns, "penalizer": 0.1, "fits": fits, "additive": [h[["Intercept", *names]].iloc[-1] for h in additive]}]
write("lifelines-aft", "lifelines", None, 1e-3, cases)
