"""Canonical tables and the errors that speak of them."""
