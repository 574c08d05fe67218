"""What anybody may read without an account: the published accounts, their data, and the maps for robots."""
