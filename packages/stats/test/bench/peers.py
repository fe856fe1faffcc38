"""The peers' side of the benchmark: reads the same file, prints seconds and results as JSON. Threads are set by the caller.

python3 peers.py bgnbd rows.csv | bgnbd-grouped rows.csv | cox rows.csv
"""

import json
import sys
import time


def bgnbd(path, grouped):
    import pandas
    from lifetimes import BetaGeoFitter

    rows = pandas.read_csv(path)
    weights = None
    if grouped:
        rows = rows.groupby(["frequency", "recency", "T"]).size().reset_index(name="weights")
        weights = rows["weights"]
    fitter = BetaGeoFitter(penalizer_coef=0.0)
    begin = time.perf_counter()
    fitter.fit(rows["frequency"], rows["recency"], rows["T"], weights=weights)
    seconds = time.perf_counter() - begin
    return seconds, {name: float(value) for name, value in fitter.params_.items()}


def cox(path):
    import pandas
    from lifelines import CoxPHFitter

    rows = pandas.read_csv(path)
    fitter = CoxPHFitter()
    begin = time.perf_counter()
    fitter.fit(rows, "time", "event")
    seconds = time.perf_counter() - begin
    return seconds, {name: float(value) for name, value in fitter.params_.items()}


job, source = sys.argv[1], sys.argv[2]
try:
    taken, result = cox(source) if job == "cox" else bgnbd(source, job == "bgnbd-grouped")
    print(json.dumps({"seconds": taken, "result": result}))
except ImportError as missing:
    print(json.dumps({"missing": str(missing.name)}))
