"""What the tests of requests by file share: the fixture of tests with threads."""

from tests.inscriptions.conftest import empty_register

__all__ = ["empty_register"]
