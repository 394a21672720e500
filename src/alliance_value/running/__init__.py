"""How a run is kept: what a job depends on, its locks, its record, its restoring."""
