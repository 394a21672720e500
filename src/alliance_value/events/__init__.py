"""Announcements and returns to abnormal returns, their tests and dyads."""
