"""Writes collector/tests/vectors/outcomes.json: what statsmodels 0.15.0 and scipy 1.17.1 say about
two proportions and about Beta distributions. Without noise our estimates of outcomes are theirs.

    python3 -m pip install statsmodels==0.15.0 scipy==1.17.1
    python3 scripts/outcome_vectors.py > collector/tests/vectors/outcomes.json

- rate: Wilson's interval.
- test: the p-value of the score test, and the score intervals of difference (Mee) and ratio
  (Koopman), both without the small-sample factor of Miettinen and Nurminen. For the difference,
  the likeliest rates come from scipy's minimiser: in this statsmodels the cubic of Miettinen and
  Nurminen has a count where the paper has a number of visitors (`tmp1` of
  `score_test_proportions_2indep`), so that its ends are off in the fifth digit. What the script
  makes of the first example of Newcombe (1998), 56/70 - 48/80, is his method 5: 0.0533 to 0.3377.
- needed: visitors of each of two variants for a two-sided test at 5 %.
- beta: quantiles, and the posterior by numerical integration where answers are randomised:
  an integral over the rate, by scipy's adaptive quadrature and with the exact log-likelihood.
"""

import json
import math
import sys

import numpy
import scipy
import statsmodels
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import beta, norm
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    samplesize_proportions_2indep_onetail,
    test_proportions_2indep,
)

PAIRS = [
    ((48, 80), (56, 70)),
    ((50, 1000), (60, 1000)),
    ((50, 1000), (90, 1100)),
    ((5, 400), (19, 390)),
    ((480, 12000), (560, 11800)),
    ((300, 600), (250, 610)),
    ((990, 1000), (960, 1000)),
    ((51, 52000), (83, 50100)),
]
SIZES = [(0.05, 0.1, 0.8), (0.05, 0.2, 0.8), (0.2, 0.05, 0.9), (0.01, 0.5, 0.8), (0.4, -0.1, 0.8)]
BETAS = [(1, 1), (0.5, 0.5), (2, 30), (12, 88), (500.5, 9500.25), (0.02, 3), (3000, 2)]
# Converted, not converted, all reports; the noise and the gap; what was known before.
NOISY = [
    ((312, 4100, 10000), (1 / 58.598150033144236, 0.9146734171), (1, 1)),
    ((180, 4300, 10000), (1 / 58.598150033144236, 0.9146734171), (1, 1)),
    ((900, 1500, 6000), (0.1488, 0.2559), (1, 1)),
    ((2600, 9800, 30000), (0.06, 0.5), (4, 36)),
]


def mee(base, other):
    """The differences that the score test does not refuse at 5 %."""
    (c1, n1), (c2, n2) = base, other
    estimate = c2 / n2 - c1 / n1

    def off(difference):
        low, high = max(0.0, -difference), min(1.0, 1.0 - difference)

        def unlikely(r1):
            r2 = r1 + difference
            return -(c1 * math.log(r1) + (n1 - c1) * math.log(1 - r1) + c2 * math.log(r2) + (n2 - c2) * math.log(1 - r2))

        r1 = minimize_scalar(unlikely, bounds=(low + 1e-12, high - 1e-12), method="bounded", options={"xatol": 1e-13}).x
        r2 = r1 + difference
        return (estimate - difference) / math.sqrt(r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2)

    z = norm.ppf(0.975)
    edge = 1e-9
    return [brentq(lambda d: off(d) - z, -1 + edge, estimate - edge), brentq(lambda d: off(d) + z, estimate + edge, 1 - edge)]


def tested(base, other):
    """Of the other against the base."""
    (c1, n1), (c2, n2) = other, base
    test = test_proportions_2indep(c1, n1, c2, n2, method="score", compare="diff", correction=False)
    difference = mee(base, other)
    ratio = confint_proportions_2indep(c1, n1, c2, n2, method="score", compare="ratio", correction=False)
    return {"base": base, "other": other, "p": float(test.pvalue), "difference": list(map(float, difference)),
            "ratio": list(map(float, ratio))}


def posterior(counted, channel, prior):
    (yes, no, reports), (q, g), (a, b) = counted, channel, prior
    exposed = ((yes + no) / reports - 2 * q) / g

    def log(r):
        return (yes * math.log(q + g * exposed * r) + no * math.log(q + g * exposed * (1 - r))
                + (a - 1) * math.log(r) + (b - 1) * math.log(1 - r))

    grid = numpy.linspace(1e-6, 1 - 1e-6, 200001)
    peak = float(grid[numpy.argmax([log(r) for r in grid])])
    most = log(peak)
    # Sixty standard deviations of what the noiseless counts would give are everything.
    width = 60 / math.sqrt(yes + no)
    low, high = max(1e-12, peak - width), min(1 - 1e-12, peak + width)

    def moment(power):
        return quad(lambda r: r**power * math.exp(log(r) - most), low, high, points=[peak], limit=500, epsabs=0, epsrel=1e-11)[0]

    mass = moment(0)
    mean = moment(1) / mass
    variance = moment(2) / mass - mean**2
    weight = mean * (1 - mean) / variance - 1
    return {"counted": counted, "noise": q, "gap": g, "prior": prior, "posterior": [mean * weight, (1 - mean) * weight]}


def main():
    made = {
        "made": f"statsmodels {statsmodels.__version__}, scipy {scipy.__version__}",
        "rate": [{"count": c, "of": n, "interval": list(map(float, proportion_confint(c, n, method="wilson")))}
                 for pair in PAIRS for c, n in pair],
        "test": [tested(*pair) for pair in PAIRS],
        "needed": [{"rate": rate, "effect": effect, "power": power,
                    "visitors": float(samplesize_proportions_2indep_onetail(rate * effect, rate, power, ratio=1, alpha=0.05, alternative="two-sided"))}
                   for rate, effect, power in SIZES],
        "beta": [{"a": a, "b": b, "quantiles": [[p, float(beta.ppf(p, a, b))] for p in (0.025, 0.5, 0.975)]} for a, b in BETAS],
        "posterior": [posterior(*case) for case in NOISY],
    }
    json.dump(made, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
