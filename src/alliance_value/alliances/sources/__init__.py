"""Files of deals and coding sheets -> canonical tables."""
