"""Canonical tables -> the analysis panel and the sample funnel."""
