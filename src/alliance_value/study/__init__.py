"""Study files: what a study declares -> what the stages are told."""
