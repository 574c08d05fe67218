"""The door of the administration's agents: accounts that are given, a password and a second factor."""
