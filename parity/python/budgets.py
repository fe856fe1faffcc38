"""Budgets of many answers by diffprivlib, and what a release loses by pycanon."""

import sys
from types import ModuleType

import pandas as pd

from fixture import write

# Its models, which are not used here, need an older scikit-learn.
for unused in ("models", "tools"):
    sys.modules[f"diffprivlib.{unused}"] = ModuleType(unused)
from diffprivlib.accountant import BudgetAccountant
from pycanon import metrics

cases = []
for name, spends in (("ten alike", [(0.1, 0.0)] * 10), ("mixed", [(0.1, 0.0), (0.5, 0.01), (1.0, 0.0)]), ("many", [(0.02, 1e-6)] * 60)):
    for slack in (0.0, 1e-3, 0.1):
        accountant = BudgetAccountant(slack=slack)
        for epsilon, delta in spends:
            accountant.spend(epsilon, delta)
        total = accountant.total()
        own = [{"epsilon": epsilon, "delta": delta} for epsilon, delta in spends]
        case = {"case": f"{name}, slack {slack}", "spends": own, "slack": slack}
        cases.append({**case, "epsilon": float(total[0]), "delta": float(total[1])})
write("diffprivlib-budgets", "diffprivlib", None, 1e-12, cases)

raw = pd.DataFrame({"age": ["20s"] * 5 + ["30s"] * 4 + ["40s"] * 2, "city": list("aaaaabbbbcc"), "ill": list("xxxyzxxxyxy")})
released = raw[raw.age != "40s"]
keys = ["age", "city"]
case = {
    "case": "two rows left out",
    "age": released.age,
    "city": released.city,
    "ill": released.ill,
    "leftOut": len(raw) - len(released),
    "averageClassSize": metrics.average_ecsize(raw, released, keys, True),
    "discernibility": float(metrics.discernability_metric(raw, released, keys)),
    "misclassified": float(metrics.classification_metric(raw, released, keys, ["ill"])),
    "meanRisk": float(metrics.average_rir(released, keys)),
    "largestRisk": float(metrics.max_rir(released, keys)),
}
write("pycanon-release", "pycanon", None, 1e-12, [case])
