"""Writes collector/tests/vectors/estimator.json: estimates of shares from counts of randomised
answers by another implementation, multi-freq-ldpy 0.2.5 (H. H. Arcolezi et al., "Multi-Freq-LDPy:
Multiple frequency estimation under local differential privacy in Python", ESORICS 2022).

    python3 -m pip install multi-freq-ldpy==0.2.5
    python3 scripts/estimator_vectors.py > collector/tests/vectors/estimator.json

The library answers for each visitor (GRR_Client) and inverts the counts (GRR_Aggregator_MI), but
hands out only estimates that are cut off at 0 and scaled to sum to one. What it does before that
is (count - n q) / (p - q): this script does the same step in exact fractions, and checks that
cutting off and scaling it gives what the library gives. Cells of several answers are sums.

Our odds are whole numbers; the library gets the epsilon that belongs to them.
"""

import json
import math
import sys
from fractions import Fraction

import numba
import numpy
from multi_freq_ldpy.pure_frequency_oracles.GRR import GRR_Aggregator_MI, GRR_Client

SEED = 20261123
UNIT = 65536


@numba.njit
def seed(value):
    """Numba has a generator of its own."""
    numpy.random.seed(value)


def raw(counts, odds):
    d, n = len(counts), sum(counts)
    p = Fraction(odds, odds + (d - 1) * UNIT)
    q = Fraction(UNIT, odds + (d - 1) * UNIT)
    return [(Fraction(c, n) - q) / (p - q) for c in counts]


def vector(d, epsilon, n, joined):
    odds = math.floor(UNIT * math.exp(epsilon))
    effective = math.log(odds / UNIT)
    shares = numpy.maximum(0.75 ** numpy.arange(d), 0.0005)
    truth = numpy.random.choice(d, n, p=shares / shares.sum())
    reports = [int(GRR_Client(int(value), d, effective)) for value in truth]
    counts = [reports.count(i) for i in range(d)]
    estimates = raw(counts, odds)

    theirs = GRR_Aggregator_MI(numpy.array(reports), d, effective)
    cut = [max(float(e), 0.0) for e in estimates]
    scaled = [c / sum(cut) for c in cut]
    worst = max(abs(a - b) for a, b in zip(scaled, theirs))
    assert worst < 1e-12, f"d {d}, epsilon {epsilon}, n {n}: the library differs by {worst}"

    cells = [list(range(i, min(i + joined, d))) for i in range(0, d, joined)]
    sums = [float(sum(estimates[i] for i in cell)) for cell in cells]
    return {"odds": odds, "counts": counts, "cells": cells, "raw": sums}


def main():
    numpy.random.seed(SEED)
    seed(SEED)
    vectors = [
        vector(d, epsilon, n, joined)
        for d, joined in [(2, 1), (4, 1), (8, 1), (8, 3), (16, 5), (64, 1)]
        for epsilon in [0.5, 1.0, 2.0, 4.0]
        for n in [60, 3000]
    ]
    made = "multi-freq-ldpy 0.2.5, scripts/estimator_vectors.py"
    lines = ",\n".join("  " + json.dumps(v, separators=(",", ":")) for v in vectors)
    sys.stdout.write(f'{{"by": "{made}", "vectors": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
