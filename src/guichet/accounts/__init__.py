"""User accounts, credentials, recovery, sessions."""
