"""Lines for a statement: a SELECT and its parameters. No value ever stands in the text of a statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where wanted lines come from. Each is there once; the statement that takes them names their columns."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
