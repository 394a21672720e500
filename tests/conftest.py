"""Examples drawn for laws are the same in every run, and no test is timed."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
