"""How long what is kept; a person's copy of their data; accounts that are closed."""
