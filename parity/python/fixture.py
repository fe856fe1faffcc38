"""Writes a fixture: what made it beside inputs and expected values."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "packages/stats/test/parity/fixtures"


def plain(value):
    """Numbers, lists and dicts only; floats with the digits that round-trip."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def write(name, package, seed, tolerance, cases, checkout=None):
    content = {
        "package": package,
        "version": checkout or version(package),
        "script": f"parity/python/{Path(sys.argv[0]).name}",
        "seed": seed,
        "tolerance": tolerance,
        "cases": plain(cases),
    }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    (FIXTURES / f"{name}.json").write_text(text + "\n")
    print(name, len(text))
