"""Public filings as the SEC publishes them -> canonical tables."""
