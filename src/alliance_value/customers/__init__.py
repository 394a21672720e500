"""Ledgers of customers: who makes the profit, who loses it, and what serving costs."""
