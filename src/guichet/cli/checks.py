"""The portal's check of itself, before it serves anybody."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.checks import CheckMessage


class WeakSettings(Exception):  # noqa: N818 - told to the operator as it is
    """Settings with which the portal would not be safe; the message lists them with what to set."""


def findings(*, deploy: bool) -> Sequence["CheckMessage"]:
    """What the checks have to say; with ``deploy``, those of production too."""
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=deploy)
    return [message for message in found if not message.is_silenced()]


def refuse_weak_settings() -> None:
    """Run every check, those of production included. Raises ``WeakSettings`` where one finds an error."""
    serious = [message for message in findings(deploy=True) if message.is_serious()]
    if serious:
        raise WeakSettings(lines(serious))


def lines(messages: Sequence["CheckMessage"]) -> str:
    """The messages as an operator reads them: what is wrong, and below it what to do."""
    return "\n".join(_line(message) for message in messages)


def _line(message: "CheckMessage") -> str:
    where = f"{message.obj} : " if message.obj else ""
    text = f"{message.id or ''} {where}{message.msg}".strip()
    return f"{text}\n    → {message.hint}" if message.hint else text
