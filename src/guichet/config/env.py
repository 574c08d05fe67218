"""The environment, read once. ``docs/howto/settings.md`` lists every variable."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from guichet.kernel.refusals import Refusal

MAX_SOCKET_PATH = 90  # Linux allows 107 bytes, of which PostgreSQL needs « /.s.PGSQL.5432 »


class SettingError(Refusal, ValueError):
    """A variable holds something else than what it is for."""

    code = "setting.bad"
    message = "{name} : {expected}, et non « {value} »."


def text(name: str, default: str = "") -> str:
    """The variable ``GUICHET_<name>``, or ``default`` where it is absent or empty."""
    return os.environ.get(f"GUICHET_{name}", "") or default


def flag(name: str, *, default: bool = False) -> bool:
    """The variable ``GUICHET_<name>`` as yes or no (``1``, ``true``, ``yes``, ``oui``)."""
    value = text(name)
    return value.lower() in {"1", "true", "yes", "oui"} if value else default


def words(name: str) -> list[str]:
    """The variable ``GUICHET_<name>`` as a list, separated by commas or blanks."""
    return text(name).replace(",", " ").split()


def number(name: str, default: int) -> int:
    """The variable ``GUICHET_<name>`` as a whole number. Raises ``SettingError``."""
    return _whole(f"GUICHET_{name}", text(name), default)


def number_each(name: str) -> dict[str, int]:
    """The variable ``GUICHET_<name>`` as a number for each code: « abonne:12, association:14 ».

    Raises ``SettingError``.
    """
    found: dict[str, int] = {}
    for word in words(name):
        code, _, value = word.partition(":")
        if not code or not value:
            expected = "des codes et leurs nombres, comme « abonne:12 », sont attendus"
            raise SettingError(name=f"GUICHET_{name}", expected=expected, value=word)
        found[code] = _whole(f"GUICHET_{name}", value, 0)
    return found


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """``value`` of the variable ``GUICHET_<name>``, which is one of ``known``. Raises ``SettingError``."""
    if value not in known:
        raise SettingError(name=f"GUICHET_{name}", expected=f"{' ou '.join(known)} est attendu", value=value)
    return value


def port() -> int:
    """``PORT``, where the web server listens. Raises ``SettingError``."""
    return _whole("PORT", os.environ.get("PORT", ""), 8000)


def _whole(name: str, value: str, default: int) -> int:
    if value and not (value.isascii() and value.isdigit()):
        raise SettingError(name=name, expected="un nombre entier est attendu", value=value)
    return int(value or default)


def var_dir() -> Path:
    """``GUICHET_VAR``: the folder of everything that the portal writes."""
    return Path(text("VAR", "var")).resolve()


def folder(path: str) -> Path | None:
    """The folder that a variable names; ``None`` where it names none."""
    return Path(path).resolve() if path else None


def socket_dir(var: Path) -> Path:
    """Where the embedded PostgreSQL puts its socket: short enough for the kernel, one for each ``var``."""
    if len(str(var / "run")) <= MAX_SOCKET_PATH:
        return var / "run"
    name = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    return Path("/tmp") / f"guichet-{name}"  # noqa: S108 - nothing is shorter; the launcher checks whose it is


def database(var: Path) -> dict[str, Any]:
    """Django's description of the database: on the server of ``GUICHET_DATABASE_URL``, or the embedded one.

    ``GUICHET_AS_OWNER`` asks for the role that owns the tables (migrations, imports); the portal itself runs
    as another, which can't rewrite the journal.
    """
    owner = flag("AS_OWNER")
    url = (owner and text("DATABASE_OWNER_URL")) or text("DATABASE_URL")
    if url:
        return _server(url)
    user = "guichet_owner" if owner else "guichet"
    return {"NAME": "guichet", "USER": user, "HOST": str(socket_dir(var)), "PORT": "5432"}


def _server(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        expected = (
            "une adresse de la forme postgresql://utilisateur:motdepasse@serveur:port/base est attendue"
        )
        raise SettingError(name="GUICHET_DATABASE_URL", expected=expected, value=f"{parts.scheme}:…")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "guichet",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }


def smtp(url: str) -> dict[str, Any]:
    """Django's ``EMAIL_*`` settings for ``smtp://`` (STARTTLS, unless on the loopback) or ``smtps://``.

    ``?starttls=yes`` or ``no`` decides otherwise. Raises ``SettingError`` on another scheme, or no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        expected = (
            "une adresse de la forme smtp://utilisateur:motdepasse@serveur:port ou smtps://… est attendue"
        )
        raise SettingError(name="GUICHET_SMTP_URL", expected=expected, value=f"{parts.scheme}:…")
    implicit = parts.scheme == "smtps"
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    starttls = parse_qs(parts.query).get("starttls", ["no" if loopback else "yes"])[-1]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and starttls in {"1", "yes", "oui", "true"},
        "EMAIL_TIMEOUT": 10,  # seconds: a server that hangs must not hold the other messages
    }
