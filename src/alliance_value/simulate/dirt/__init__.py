"""Clean tables -> the same with defects, each one in the ledger."""
