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

NORMAL_RETURNS: dict[str, Method] = {
    "mean": ("Constant mean of normal returns.", "R_(i t) = a_i + e_(i t)"),
    "market_adjusted": (
        "Returns less the market's.",
        '"AR"_(i t) = R_(i t) - R_(m t)',
    ),
    "market": ("Market model.", "R_(i t) = a_i + b_i R_(m t) + e_(i t)"),
    "ff3": (
        "Three factors of Fama and French.",
        "R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
        "e_(i t)",
    ),
    "carhart": (
        "Four factors of Carhart: momentum U beside size S and value H.",
        "R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
        "u_i U_t + e_(i t)",
    ),
    "ff5": (
        "Five factors of Fama and French: profitability P and investment C beside size "
        "and value.",
        "R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
        "p_i P_t + c_i C_t + e_(i t)",
    ),
    "scholes_williams": (
        "Market model for thin trading of Scholes and Williams: slopes on the market "
        "a day before, the day itself and a day after; r is the market's "
        "autocorrelation.",
        "b_i = (b_i^(-) + b_i^0 + b_i^(+)) / (1 + 2 r)",
    ),
    "dimson": (
        "Market model for thin trading of Dimson: the slopes of one regression on lag, "
        "day and lead added up.",
        "b_i = b_i^(-) + b_i^0 + b_i^(+)",
    ),
}

RETURNS: Method = (
    "Abnormal returns are cumulated over a window of d days with a return; the "
    "forecast-error variance has the covariance of days that share estimated "
    "parameters, x being the sum of the days' regressors.",
    '"CAR"_i = sum_t (R_(i t) - hat(R)_(i t)), quad '
    '"Var" "CAR"_i = s_i^2 (d + x'
    "' (X' X)^(-1) x), quad "
    '"SCAR"_i = "CAR"_i / sqrt("Var" "CAR"_i)',
)

TESTS: dict[str, Method] = {
    "cross_sectional": (
        "Cross-sectional t of n events' CARs with mean m.",
        't = m("CAR") / (s("CAR") \\/ sqrt(n))',
    ),
    "patell": (
        "Patell (1976), with M days of estimation and k parameters.",
        'z = (sum_i "SCAR"_i) / sqrt(sum_i (M_i - k) / (M_i - k - 2))',
    ),
    "bmp": (
        "Boehmer, Musumeci and Poulsen (1991).",
        't = m("SCAR") / (s("SCAR") \\/ sqrt(n))',
    ),
    "kolari_pynnonen": (
        "The statistic of Boehmer, Musumeci and Poulsen, adjusted for the mean "
        "correlation r of events' residuals (Kolari and Pynnönen 2010).",
        't = t_"BMP" sqrt((1 - r) / (1 + (n - 1) r))',
    ),
    "kolari_pynnonen_patell": (
        "Patell's statistic, adjusted for the mean correlation r of events' residuals "
        "(Kolari and Pynnönen 2010).",
        'z = z_"Patell" / sqrt(1 + (n - 1) r)',
    ),
    "corrado": (
        "Rank test of Corrado (1989): K is the mean over events of a day's rank less "
        "the middle rank, S its standard deviation over all days.",
        "z = (sum_t K_t) / (sqrt(d) S)",
    ),
    "corrado_zivney": (
        "Rank test of Corrado and Zivney (1992): V is Corrado's K of standardized "
        "returns, those of event days divided by their cross-sectional deviation.",
        "z = (sum_t V_t) / (sqrt(d) S)",
    ),
    "generalized_rank": (
        "Generalized rank test of Kolari and Pynnönen (2011) on T days, Z the mean "
        "rank of the event's standardized CAR over its standard deviation.",
        "t = Z sqrt((T - 2) / (T - 1 - Z^2))",
    ),
    "sign": (
        "Sign test on the number w of positive CARs.",
        "z = (w - n \\/ 2) / sqrt(n \\/ 4)",
    ),
    "generalized_sign": (
        "Generalized sign test of Cowan (1992), q the share of positive residuals in "
        "the estimation windows.",
        "z = (w - n q) / sqrt(n q (1 - q))",
    ),
    "calendar_time": (
        "Calendar-time portfolio of the {entities} in their windows on each of D "
        "dates, z its standardized return.",
        "t = m(z) / (s(z) \\/ sqrt(D))",
    ),
    "bootstrap": (
        "The cross-sectional t with its distribution from B samples of centred CARs.",
        'p = (1 + "#"{abs(t^*_r) >= abs(t)}) / (1 + B)',
    ),
}
