"""A vendor's files -> canonical tables."""
