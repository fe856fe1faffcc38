"""The peers' side of the benchmark: reads the file the kernel reads, prints time, peak memory and results as JSON.

python3 peers.py JOB FILE    threads are set by the caller
"""

import json
import resource
import sys
import time

import numpy


def read_columns(path, count):
    """Column after column, all of one length."""
    return numpy.fromfile(path).reshape(count, -1)


def k_means(path):
    from sklearn.cluster import KMeans

    x = numpy.fromfile(path).reshape(-1, 8)
    starts = x[:8].copy()

    def work():
        model = KMeans(8, init=starts, n_init=1, algorithm="lloyd", tol=1e-4, copy_x=False).fit(x)
        return lambda: {"inertia": model.inertia_, "iterations": model.n_iter_}

    return work


def bg_nbd(path, grouped):
    import pandas
    from lifetimes import BetaGeoFitter

    rows = pandas.DataFrame(dict(zip(["frequency", "recency", "T"], read_columns(path, 3))))
    weights = pandas.Series(numpy.ones(len(rows)))
    if grouped:
        rows = rows.groupby(["frequency", "recency", "T"]).size().reset_index(name="weights")
        weights = rows["weights"]
    names = ["r", "alpha", "a", "b"]

    def work():
        fitter = BetaGeoFitter(penalizer_coef=0.0)
        fitter.fit(rows["frequency"], rows["recency"], rows["T"], weights=weights if grouped else None)
        # lifetimes takes logarithms and divides by the number of customers.
        logs = numpy.log(fitter.params_[names].to_numpy())
        columns = [rows[name].to_numpy() for name in ["frequency", "recency", "T"]] + [weights.to_numpy()]
        total = weights.sum()
        return lambda: {
            **fitter.params_,
            "logLikelihood": -total * fitter._negative_log_likelihood(logs, *columns, 0.0),
        }

    return work


def boosting(path):
    import lightgbm
    from sklearn.metrics import roc_auc_score

    y, *columns = read_columns(path, 21)
    x = numpy.array(columns).T
    n = round(len(y) / 1.2)
    options = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "num_threads": 1, "verbose": -1}

    def work():
        model = lightgbm.train(options, lightgbm.Dataset(x[:n], y[:n]), 200)
        return lambda: {"trees": model.num_trees(), "auc": roc_auc_score(y[n:], model.predict(x[n:], num_threads=1))}

    return work


def forest(path):
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score

    y, *columns = read_columns(path, 21)
    x = numpy.array(columns, dtype=numpy.float32).T
    n = round(len(y) / 1.2)
    options = {"n_estimators": 10, "min_samples_leaf": 20, "max_features": "sqrt", "n_jobs": 1, "random_state": 1}

    def work():
        model = RandomForestClassifier(**options).fit(x[:n], y[:n])
        return lambda: {"trees": len(model.estimators_), "auc": roc_auc_score(y[n:], model.predict_proba(x[n:])[:, 1])}

    return work


def binning(path):
    from optbinning import OptimalBinning

    y, *columns = read_columns(path, 21)

    def work():
        values = {}
        for j, x in enumerate(columns):
            fitted = OptimalBinning(dtype="numerical").fit(x, y)
            fitted.binning_table.build()
            values[f"x{j}"] = fitted.binning_table.iv
        return lambda: values

    return work


def fp_growth(path):
    import pandas
    from mlxtend.frequent_patterns import fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    with open(path, encoding="utf-8") as lines:
        baskets = [line.rstrip("\r\n").split(",") for line in lines]
    encoder = TransactionEncoder()
    table = pandas.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)

    def work():
        found = fpgrowth(table, min_support=0.001)
        return lambda: {"itemsets": len(found), "support": found["support"].sum()}

    return work


def cox(path):
    import pandas
    from lifelines import CoxPHFitter

    names = ["time", "event", "x0", "x1", "x2", "x3", "x4"]
    rows = pandas.DataFrame(dict(zip(names, read_columns(path, 7))))

    def work():
        fitter = CoxPHFitter()
        fitter.fit(rows, "time", "event")
        return lambda: dict(fitter.params_)

    return work


JOBS = {
    "kMeans": k_means,
    "bgNbd": lambda path: bg_nbd(path, False),
    "bgNbdGrouped": lambda path: bg_nbd(path, True),
    "boosting": boosting,
    "forest": forest,
    "binning": binning,
    "fpGrowth": fp_growth,
    "cox": cox,
}

work = JOBS[sys.argv[1]](sys.argv[2])
wall, processor = time.perf_counter(), time.process_time()
tell = work()
answer = {
    "wallSeconds": time.perf_counter() - wall,
    "processorSeconds": time.process_time() - processor,
    "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "result": {name: float(value) for name, value in tell().items()},
}
print(json.dumps(answer))
