"""Figures and tables of customers' profits."""
