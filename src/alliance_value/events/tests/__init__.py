"""Tests of abnormal returns, each declared at its definition."""
