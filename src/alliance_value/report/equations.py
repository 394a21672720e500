"""What a study file can ask for -> how it is computed, in words and in an equation.

Equations are in typst's notation, which gives both formats of the report; the words and
symbols are those of docs/methods.md, where the sources stand.
"""

from __future__ import annotations

Method = tuple[str, str]


SLOPES: Method = (
    "Simple slopes along another variable, with standard errors by the delta method.",
    "(partial y) / (partial x) = b_x + b_(x z) z, quad "
    '"Var" = V_(x x) + 2 z V_(x, x z) + z^2 V_(x z, x z)',
)

REPEATED: Method = (
    "Inference is repeated by jackknife, HC2 and HC3, Driscoll and Kraay, wild cluster "
    "bootstrap and randomization; p-values of B draws count the sample itself.",
    'p = (1 + "#"{abs(t^*_r) >= abs(t)}) / (1 + B)',
)

RETURNS: Method = (
    "Abnormal {measures} are cumulated over a window of d days with a {measure}; the "
    "forecast-error variance has the covariance of days that share estimated "
    "parameters, x being the sum of the days' regressors.",
    '"CAR"_i = sum_t (R_(i t) - hat(R)_(i t)), quad '
    '"Var" "CAR"_i = s_i^2 (d + x'
    "' (X' X)^(-1) x), quad "
    '"SCAR"_i = "CAR"_i / sqrt("Var" "CAR"_i)',
)
