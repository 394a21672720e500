"""The paper: alliances, structures and portfolios -> value, and who appropriates it."""
