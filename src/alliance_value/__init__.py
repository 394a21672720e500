"""Reproducible econometrics of the value of strategic alliances."""
