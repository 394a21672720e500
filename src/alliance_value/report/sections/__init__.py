"""Each section of the report."""
