"""Exhibits -> the report that people read."""
