"""Many simulated worlds -> what every estimator and test is worth."""
