"""alliance-value: reproducible econometrics of panels and of events."""
