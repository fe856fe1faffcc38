"""Group-sequential bounds under spending functions, by root finding on gsdesign's recursive integration."""

import math

import gsdesign
from fixture import write
from scipy import optimize, stats

GRID = 40


def bounds(information, spend, sides):
    """Symmetric (or upper) bounds that spend the error at each look."""
    found = []
    grid = None
    for look, info in enumerate(information):
        step = spend(info) - (spend(information[look - 1]) if look else 0)

        def excess(bound):
            if look == 0:
                return sides * stats.norm.sf(bound) - step
            low = -bound if sides == 2 else -math.inf
            before = information[look - 1]
            crossed = gsdesign.hupdate(GRID, 0.0, info, bound, math.inf, 0.0, before, grid)[2].sum()
            return sides * crossed - step

        bound = optimize.brentq(excess, 0.5, 8, xtol=1e-12)
        low = -bound if sides == 2 else -math.inf
        if look == 0:
            grid = gsdesign.h1(GRID, 0.0, info, low, bound)
        else:
            grid = gsdesign.hupdate(GRID, 0.0, info, low, bound, 0.0, information[look - 1], grid)
        found.append(bound)
    return found


def obrien_fleming(alpha):
    z = stats.norm.isf(alpha / 2)
    return lambda t: 2 * stats.norm.sf(z / math.sqrt(t))


def pocock(alpha):
    return lambda t: alpha * math.log(1 + (math.e - 1) * t)


cases = []
for information in ([0.2, 0.4, 0.6, 0.8, 1.0], [0.3, 0.5, 1.0]):
    for name, spending in (("obrienFleming", obrien_fleming), ("pocock", pocock)):
        one = bounds(information, spending(0.025), 1)
        # Two-sided: each side spends half of alpha.
        both = bounds(information, lambda t: 2 * spending(0.025)(t), 2)
        for sides, alpha, z in ((1, 0.025, one), (2, 0.05, both)):
            case = f"{name}, {len(information)} looks, {sides} sides"
            cases.append(
                {"case": case, "information": information, "spending": name, "sides": sides, "alpha": alpha, "z": z}
            )
write("gsdesign-bounds", "gsdesign", None, 1e-5, cases)
