"""Cox regression under an elastic net: by lifelines, whose absolute value is a smooth one, and by scikit-survival."""

from lifelines import CoxPHFitter
from lifelines.datasets import load_rossi
from sksurv.linear_model import CoxnetSurvivalAnalysis
from sksurv.util import Surv

from fixture import write

data = load_rossi()
x = data.drop(columns=["week", "arrest"])
cases = []
for penalizer, ratio in ((0.02, 1.0), (0.1, 0.0)):
    fit = CoxPHFitter(penalizer=penalizer, l1_ratio=ratio).fit(data, "week", "arrest")
    cases.append(
        {
            "case": f"penalizer {penalizer}, share {ratio}",
            "time": data["week"].tolist(),
            "event": data["arrest"].tolist(),
            "x": x.to_numpy().tolist(),
            "penalizer": penalizer,
            "l1Ratio": ratio,
            "ties": "efron",
            "coefficients": fit.params_.tolist(),
        }
    )
scale = x.std(ddof=1)
target = Surv.from_arrays(data["arrest"] == 1, data["week"])
for penalizer, ratio in ((0.02, 0.5), (0.05, 0.2), (0.01, 1.0), (0.1, 0.1)):
    net = CoxnetSurvivalAnalysis(alphas=[penalizer], l1_ratio=ratio, tol=1e-14, max_iter=10_000_000)
    net.fit((x / scale).to_numpy(), target)
    cases.append(
        {
            "case": f"scikit-survival, penalizer {penalizer}, share {ratio}",
            "time": data["week"].tolist(),
            "event": data["arrest"].tolist(),
            "x": x.to_numpy().tolist(),
            "penalizer": penalizer,
            "l1Ratio": ratio,
            "ties": "breslow",
            "coefficients": (net.coef_[:, 0] / scale.to_numpy()).tolist(),
        }
    )
write("lifelines-elastic-net", "lifelines", None, 2e-5, cases)
