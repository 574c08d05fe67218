"""The filing of a declaration: a file kept as it came, and its receipt, until its own controls exist."""
