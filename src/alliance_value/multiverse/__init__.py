"""A grid of choices -> every specification, judged together."""
