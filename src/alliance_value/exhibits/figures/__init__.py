"""Each kind of figure."""
