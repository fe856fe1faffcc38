"""Privacy accounting of mixed compositions by dp_accounting."""

import numpy as np
from dp_accounting import dp_event
from dp_accounting.pld import privacy_loss_distribution as pld
from dp_accounting.pld import privacy_loss_mechanism as mechanism
from dp_accounting import NeighboringRelation, get_epsilon_gaussian
from dp_accounting.rdp import RdpAccountant
from fixture import write
from scipy import integrate, stats

cases = []
gaussian = pld.from_gaussian_mechanism(5.0, value_discretization_interval=1e-3)
laplace = pld.from_laplace_mechanism(4.0, value_discretization_interval=1e-3)
mixed = gaussian.self_compose(10).compose(laplace.self_compose(5))
for delta in (1e-4, 1e-6):
    cases.append({"case": f"pld at {delta}", "delta": delta, "epsilon": mixed.get_epsilon_for_delta(delta)})
for epsilon in (0.5, 2.0):
    cases.append({"case": f"pld at {epsilon}", "epsilon": epsilon, "delta": mixed.get_delta_for_epsilon(epsilon)})
sampled = pld.from_gaussian_mechanism(0.8, value_discretization_interval=1e-3, sampling_prob=0.02).self_compose(500)
response = pld.from_randomized_response(0.6, 5, value_discretization_interval=1e-3).self_compose(6)
for label, loss in [("sampled", sampled), ("response", response)]:
    for delta in (1e-3, 1e-6):
        cases.append({"case": f"{label} at {delta}", "of": label, "delta": delta, "epsilon": loss.get_epsilon_for_delta(delta)})
    cases.append({"case": f"{label} at 1", "of": label, "epsilon": 1.0, "delta": loss.get_delta_for_epsilon(1.0)})
write("dp-accounting-pld", "dp-accounting", None, 1e-6, cases)

orders = [2, 3, 4, 8, 16, 32, 64]
cases = []
for name, event in {
    "gaussian": dp_event.GaussianDpEvent(3.0),
    "laplace": dp_event.LaplaceDpEvent(2.0),
    "sampledGaussian": dp_event.PoissonSampledDpEvent(0.02, dp_event.GaussianDpEvent(1.5)),
    "zeroConcentrated": dp_event.ZCDpEvent(0.02, 0.01),
    "changed": dp_event.RandomizedResponseDpEvent(0.7, 4),
    "blanked": dp_event.RandomizedResponseDpEvent(0.7, 4),
}.items():
    relations = {
        "changed": NeighboringRelation.REPLACE_ONE,
        "blanked": NeighboringRelation.REPLACE_SPECIAL,
    }
    accountant = RdpAccountant(orders, relations.get(name, NeighboringRelation.ADD_OR_REMOVE_ONE))
    accountant.compose(event, 100)
    cases.append(
        {
            "case": name,
            "orders": orders,
            "times": 100,
            "divergences": accountant._rdp,
            "epsilon": accountant.get_epsilon(1e-5),
        }
    )
write("dp-accounting-rdp", "dp-accounting", None, 1e-9, cases)

# Between whole orders dp_accounting gives an upper bound for a sampled mechanism; the divergence itself is an integral.
SIGMA, SHARE = 1.5, 0.02


def divergence(order):
    def integrand(x):
        without = stats.norm.pdf(x, 0, SIGMA)
        ratio = 1 - SHARE + SHARE * stats.norm.pdf(x, 1, SIGMA) / without
        return without * ratio**order

    value = integrate.quad(integrand, -20 * SIGMA, 20 * SIGMA, epsabs=0, epsrel=1e-13, limit=500)[0]
    return np.log(value) / (order - 1)


fractions = [1.1, 1.5, 2.5, 7.3]
case = {"case": "sampled", "sigma": SIGMA, "q": SHARE, "orders": fractions, "divergences": [divergence(a) for a in fractions]}
write("scipy-renyi", "scipy", None, 1e-9, [case])

# Noise of whole numbers, and ε of Gaussian noise.
cases = []
for kind, make, exact, parameters in (
    ("laplace", pld.from_discrete_laplace_mechanism, mechanism.DiscreteLaplacePrivacyLoss, ((0.2, 1), (0.7, 3))),
    ("gaussian", pld.from_discrete_gaussian_mechanism, mechanism.DiscreteGaussianPrivacyLoss, ((0.8, 1), (6.0, 2))),
):
    for parameter, sensitivity in parameters:
        # On a grid the peer rounds losses of Gaussian noise up or down; ours lies between.
        low, high = (make(parameter, sensitivity, value_discretization_interval=1e-3, pessimistic_estimate=k) for k in (False, True))
        cases.append(
            {
                "case": f"{kind}, {parameter}, sensitivity {sensitivity}",
                "kind": kind,
                "parameter": parameter,
                "sensitivity": sensitivity,
                "epsilons": [0.1, 0.5, 1.5],
                "deltas": [exact(parameter, sensitivity).get_delta_for_epsilon(e) for e in (0.1, 0.5, 1.5)],
                "composed": [loss.self_compose(5).get_epsilon_for_delta(1e-5) for loss in (low, high)],
            }
        )
write("dp-accounting-discrete", "dp-accounting", None, 1e-6, cases)
write(
    "dp-accounting-gaussian",
    "dp-accounting",
    None,
    1e-9,
    [{"case": f"{sigma} at {delta}", "sigma": sigma, "delta": delta, "epsilon": get_epsilon_gaussian(sigma, delta)} for sigma in (0.5, 4.0, 60.0) for delta in (1e-3, 1e-8)],
)
