"""How an entry of the log is written: a line for people, or an object for machines.

Both say the same, and nothing about people (``discretion``). In the demonstration, whose people are invented,
a line keeps the texts of exceptions.
"""

import copy
import datetime as dt
import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from guichet.config import discretion
from guichet.kernel import traces

FORMATS: tuple[str, ...] = ("line", "json")
# What our own entries may carry besides their text; whatever else libraries attach stays out.
_FIELDS = ("method", "route", "status", "duration")


class Line(logging.Formatter):
    """One line, the traceback below it. ``whole``: with the texts of exceptions."""

    def __init__(self, fmt: str, *, whole: bool = False) -> None:
        super().__init__(fmt)
        self.whole = whole

    def format(self, record: logging.LogRecord) -> str:
        """The line; « /c/… » for a link that confirms a filing."""
        entry = _of_ours(record)
        trace = " ".join(str(value) for value in traces.current().values())
        entry.msg = f"[{trace}] {entry.msg}" if trace else entry.msg
        return discretion.scrubbed(super().format(entry))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The traceback."""
        return super().formatException(ei) if self.whole else discretion.told(ei[1])


class OneLine(Line):
    """Leaves tracebacks out, where it is a stranger's request that is at fault and not our code."""

    def formatException(self, ei: Any) -> str:  # noqa: ARG002, N802 - logging's signature
        """Nothing."""
        return ""


class Json(JsonFormatter):
    """One JSON object a line. ``strangers``: without tracebacks, as ``OneLine``."""

    def __init__(self, *, strangers: bool = False) -> None:
        super().__init__(json_ensure_ascii=False)
        self.strangers = strangers

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        return super().format(_of_ours(record))

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """``time`` (UTC), ``level``, ``logger``, ``message``, what is under way, then what is there of:

        ``method``, ``route``, ``status``, ``duration`` (seconds), ``deferred`` (jobs), ``traceback``.
        """
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds")
        log_data |= {"level": record.levelname, "logger": record.name, "message": record.message}
        log_data.update(traces.current())
        log_data |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if jobs := getattr(record, "jobs", None):
            log_data["deferred"] = [{"job": job["task_name"], "job_id": job["id"]} for job in jobs]
        if message_dict.get("exc_info"):
            log_data["traceback"] = message_dict["exc_info"]

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The traceback."""
        return "" if self.strangers else discretion.told(ei[1])


def configuration(*, form: str, level: str, whole: bool) -> dict[str, Any]:
    """What ``logging.config`` wants, for the format ``form`` (of ``FORMATS``) from ``level`` on.

    As objects there is one for each request and each job too: they are what machines count.
    """
    line = {"()": "guichet.config.logs.Line", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    formatters = {
        "line": {
            "ours": {**line, "whole": whole},
            "strangers": {**line, "()": "guichet.config.logs.OneLine"},
        },
        "json": {
            "ours": {"()": "guichet.config.logs.Json"},
            "strangers": {"()": "guichet.config.logs.Json", "strangers": True},
        },
    }[form]
    each = "INFO" if form == "json" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {name: {"class": "logging.StreamHandler", "formatter": name} for name in formatters},
        "loggers": {
            "django.request": {"level": "ERROR"},  # what a person mistypes is no event for the operator
            "django.security": {"handlers": ["strangers"], "propagate": False},  # what anybody can cause
            "guichet.requests": {"level": each},
            "guichet.jobs": {"level": each},
            "procrastinate.jobs": {"level": each},
        },
        "root": {"handlers": ["ours"], "level": level},
    }


def _of_ours(record: logging.LogRecord) -> logging.LogRecord:
    """A copy that says what may be said, and that keeps nothing which another handler has written."""
    entry = copy.copy(record)
    entry.msg, entry.args, entry.exc_text, entry.stack_info = discretion.message(record), None, None, None
    return entry
