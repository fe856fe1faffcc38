"""Cox regression under an elastic net: by lifelines, whose absolute value is a smooth one, and by scikit-survival."""

from lifelines import CoxPHFitter
from lifelines.datasets import load_rossi
from sksurv.linear_model import CoxnetSurvivalAnalysis
from sksurv.util import Surv

from fixture import write

data = load_rossi()
x = data.drop(columns=["week", "arrest"])
columns = {"time": data["week"].tolist(), "event": data["arrest"].tolist(), "x": x.to_numpy().tolist()}


def case(peer, penalizer, ratio, ties, coefficients):
    name = f"{peer}penalizer {penalizer}, share {ratio}"
    return {"case": name, **columns, "penalizer": penalizer, "l1Ratio": ratio, "ties": ties, "coefficients": list(coefficients)}


cases = []
for penalizer, ratio in ((0.02, 1.0), (0.1, 0.0)):
    fit = CoxPHFitter(penalizer=penalizer, l1_ratio=ratio).fit(data, "week", "arrest")
    cases.append(case("", penalizer, ratio, "efron", fit.params_))
scale = x.std(ddof=1)
target = Surv.from_arrays(data["arrest"] == 1, data["week"])
for penalizer, ratio in ((0.02, 0.5), (0.05, 0.2), (0.01, 1.0), (0.1, 0.1)):
    net = CoxnetSurvivalAnalysis(alphas=[penalizer], l1_ratio=ratio, tol=1e-14, max_iter=10_000_000)
    net.fit((x / scale).to_numpy(), target)
    cases.append(case("scikit-survival, ", penalizer, ratio, "breslow", net.coef_[:, 0] / scale.to_numpy()))
write("lifelines-elastic-net", "lifelines", None, 2e-5, cases)
