"""A regression and its sample -> its covariance: one module per standard error."""
