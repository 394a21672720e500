"""A file -> a first study file that runs as it is."""
