"""Columns, effects and clusters -> repeated inference from cross-products."""
