"""A resolved study to what Snakemake's rules are given."""
