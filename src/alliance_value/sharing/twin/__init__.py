"""A study's licensed tables -> synthetic ones, and what they keep and disclose."""
