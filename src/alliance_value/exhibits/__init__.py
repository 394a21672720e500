"""Estimates -> tables and figures."""
