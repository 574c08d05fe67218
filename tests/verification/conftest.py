"""The same treasurer as in the tests of the téléprocédure."""

from tests.teleprocedures.conftest import _own_folder, filer

__all__ = ["_own_folder", "filer"]
