"""A simulated world with planted effects -> files as a vendor would send them."""
