"""The canonical tables of alliances, structures and dyads: one typed schema each."""
