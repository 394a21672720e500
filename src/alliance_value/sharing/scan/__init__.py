"""What must not be in a package, and whether it is."""
