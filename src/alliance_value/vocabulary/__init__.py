"""Every name that a study file may write, once, with all that is said of it."""
