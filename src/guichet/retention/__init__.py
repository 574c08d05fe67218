"""How long what is kept; a person's data, exported and erased."""
