"""A plugin for the former release's tests: they empty their tables, to which new ones refer by now."""

from typing import Any

from django.core.management.commands import flush
from django.core.management.sql import sql_flush


def _with_those_that_refer(*arguments: Any, **options: Any) -> list[str]:
    return sql_flush(*arguments, **{**options, "allow_cascade": True})


flush.sql_flush = _with_those_that_refer  # type: ignore[attr-defined]  # where the command has its name
