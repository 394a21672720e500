"""Names of results -> the words of tables, figures and pages."""

from __future__ import annotations

TESTS = {
    "cross_sectional": "Cross-sectional t",
    "patell": "Patell",
    "bmp": "Boehmer-Musumeci-Poulsen",
    "kolari_pynnonen": "Kolari-Pynnönen",
    "kolari_pynnonen_patell": "Kolari-Pynnönen, Patell",
    "corrado": "Corrado rank",
    "corrado_zivney": "Corrado-Zivney rank",
    "generalized_rank": "Generalized rank",
    "sign": "Sign",
    "generalized_sign": "Generalized sign",
    "calendar_time": "Calendar time",
    "bootstrap": "Bootstrap t",
}

# The one that stands for all, the first that a study has
HEADLINE_TESTS = ("kolari_pynnonen", "bmp", "cross_sectional")

NORMAL_RETURNS = {
    "mean": "constant mean",
    "market_adjusted": "market-adjusted returns",
    "market": "market model",
    "ff3": "Fama-French three factors",
    "carhart": "Carhart four factors",
    "ff5": "Fama-French five factors",
    "scholes_williams": "Scholes-Williams",
    "dimson": "Dimson",
}

ACRONYMS = {"car": "CAR", "cars": "CARs", "roa": "ROA", "r&d": "R&D"}
ACRONYMS |= {"(rademacher)": "(Rademacher)", "(webb)": "(Webb)"}


def plain(name: str) -> str:
    """Write the name of a column in words, acronyms in capitals."""
    words = name.replace("_", " ").split(" ")
    return " ".join(ACRONYMS.get(word, word) for word in words)


def sentence(name: str) -> str:
    """Write a name in words that begin with a capital."""
    words = plain(name)
    return words[:1].upper() + words[1:]
