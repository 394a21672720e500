"""Events and returns to abnormal returns and their tests."""
