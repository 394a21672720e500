"""Data and results of a study -> other people: pushed, pulled, verified, packaged."""
