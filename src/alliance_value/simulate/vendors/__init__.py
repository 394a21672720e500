"""A world and its market -> the tables of each vendor."""
