"""Privacy accounting of mixed compositions by dp_accounting."""

import numpy as np
from dp_accounting import dp_event
from dp_accounting.pld import privacy_loss_distribution as pld
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
write("dp-accounting-pld", "dp-accounting", None, 1e-6, cases)

orders = [2, 3, 4, 8, 16, 32, 64]
cases = []
for name, event in {
    "gaussian": dp_event.GaussianDpEvent(3.0),
    "laplace": dp_event.LaplaceDpEvent(2.0),
    "sampledGaussian": dp_event.PoissonSampledDpEvent(0.02, dp_event.GaussianDpEvent(1.5)),
}.items():
    accountant = RdpAccountant(orders)
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
