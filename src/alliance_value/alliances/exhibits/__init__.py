"""Results of the study of alliances -> its figures and tables."""
