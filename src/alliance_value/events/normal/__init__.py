"""Models of normal returns, each declared at its definition."""
