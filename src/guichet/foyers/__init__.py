"""The household: the people known in somebody's file, kept by agents (001, step 5)."""
