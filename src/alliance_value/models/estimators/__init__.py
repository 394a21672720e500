"""A design -> a fit: one module per estimator behind one dispatch."""
