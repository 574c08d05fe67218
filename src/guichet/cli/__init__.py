"""The ``guichet`` command: everything an operator does."""
