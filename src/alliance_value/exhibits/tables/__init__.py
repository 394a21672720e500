"""Each kind of table."""
