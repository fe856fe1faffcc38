"""Trees of every linkage by SciPy, and Gaussian mixtures of every covariance by scikit-learn from given starts."""

import numpy as np
from fixture import write
from scipy.cluster.hierarchy import cophenet, fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.mixture import GaussianMixture

SEED = 23
rng = np.random.default_rng(SEED)
centre = np.repeat([[0.0, 0.0, 1.0], [4.0, 1.0, 0.0], [1.0, 5.0, 2.0]], [14, 10, 12], axis=0)
rows = np.round(centre + rng.normal(scale=0.9, size=centre.shape), 3)
cases = []
for method in ("single", "complete", "average", "weighted", "ward", "centroid", "median"):
    tree = linkage(rows, method)
    correlation, _ = cophenet(tree, pdist(rows))
    case = {
        "case": method,
        "rows": rows,
        "merges": tree[:, :2].astype(int),
        "heights": tree[:, 2],
        "sizes": tree[:, 3].astype(int),
        "cophenetic": cophenet(tree)[:40],
        "correlation": float(correlation),
    }
    if method not in ("centroid", "median"):
        case["cutAt"] = 2.5
        case["clusters"] = fcluster(tree, 2.5, "distance").astype(int)
    cases.append(case)
write("scipy-linkage", "scipy", SEED, 1e-12, cases)

start = np.repeat([0, 1, 2], [14, 10, 12])
cases = []
for kind in ("full", "diag", "spherical", "tied"):
    mixture = GaussianMixture(3, covariance_type=kind, tol=1e-13, max_iter=5000, reg_covar=1e-6)
    # Labels as the start, which the class takes from k-means only.
    mixture._initialize_parameters = lambda X, random_state, m=mixture, **_: m._initialize(X, np.eye(3)[start])
    mixture.fit(rows)
    cases.append(
        {
            "case": kind,
            "rows": rows,
            "start": start,
            "logLikelihood": float(mixture.score(rows) * len(rows)),
            "bic": float(mixture.bic(rows)),
            "aic": float(mixture.aic(rows)),
            "weights": mixture.weights_,
            "means": mixture.means_,
        }
    )
write("sklearn-mixture", "scikit-learn", SEED, 1e-6, cases)
