"""Passkeys (WebAuthn), as py_webauthn reads them: what a browser is asked, and whether its answer holds.

Nothing is stored here, and the moment is passed in (ADR 0021).
"""

import datetime as dt
import ipaddress
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import options_to_json_dict, structs

from guichet.kernel.refusals import N_, Refusal

WITHIN = dt.timedelta(minutes=5)  # how long a challenge waits for its answer
CHALLENGE = 32  # bytes
MAX_RESPONSE = 20_000  # signs of JSON; what browsers send has about 2,000
_PORTS = {"https": 443, "http": 80}

Use = Literal["add", "add_another", "give"]
Known = tuple[bytes, list[str]]  # a passkey that exists already, and the ways it is reached


class PasskeysUnavailable(Refusal):
    """No browser would make a passkey for this portal; the subclasses say why."""

    code = "passkeys_unavailable"
    status = 409


class NoDomainName(PasskeysUnavailable):
    """The portal's address is an IP address, which is no relying party (WebAuthn, 5.1.3)."""

    code = "passkeys_no_domain_name"
    message = N_(
        "Les clés d’accès ne sont pas proposées ici : elles demandent que l’adresse de ce site soit un nom, "
        "et c’est une suite de chiffres ({host}). L’application de codes convient."
    )


class NotSecure(PasskeysUnavailable):
    """Browsers know passkeys on HTTPS only, and on the machine itself (« localhost »)."""

    code = "passkeys_not_secure"
    message = N_(
        "Les clés d’accès ne sont pas proposées ici : elles demandent une adresse en « https ». "
        "L’application de codes convient."
    )


class PasskeyRefused(Refusal):
    """What the browser sent back does not hold: another site's, another account's, altered, unreadable."""

    code = "passkey_refused"
    message = N_(
        "Cette clé d’accès n’est pas reconnue. Recommencez avec celle que vous avez créée pour ce compte, ou "
        "utilisez un autre moyen."
    )


class ChallengeOver(PasskeyRefused):
    """The question was asked over five minutes ago, answered already, or never asked on this browser."""

    code = "passkey_too_late"
    message = N_(
        "Trop de temps s’est écoulé, ou cette réponse a déjà servi. Appuyez de nouveau sur le bouton : votre "
        "appareil sera interrogé encore une fois."
    )


@dataclass(frozen=True)
class Party:
    """Who passkeys are made for: ``id`` is the host's name, ``origin`` what a browser calls the site."""

    id: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """A question to a browser: ``options`` for it (JSON), ``state`` to be kept on the server meanwhile."""

    options: dict[str, Any]
    state: dict[str, str]


@dataclass(frozen=True)
class Assertion:
    """The answer of a passkey: the browser's JSON, and the ``state`` of the question."""

    response: str
    state: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """What is to be kept of a new passkey."""

    credential: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def party(base_url: str) -> Party:
    """The relying party of a portal at ``base_url``. Raises ``NoDomainName`` or ``NotSecure``."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").encode("idna").decode()
    if _is_address(host):
        raise NoDomainName(host=host)
    if parts.scheme != "https" and host != "localhost" and not host.endswith(".localhost"):
        raise NotSecure
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return Party(id=host, origin=f"{parts.scheme}://{host}{port}")


def ask_to_make(
    who: Party, *, portal: str, user: bytes, name: str, label: str, known: Iterable[Known]
) -> dict[str, Any]:
    """What a browser needs to make a passkey for ``user`` (an opaque id), who has ``known`` ones already."""
    options = webauthn.generate_registration_options(
        rp_id=who.id,
        rp_name=portal,
        user_id=user,
        user_name=name,
        user_display_name=label,
        challenge=secrets.token_bytes(CHALLENGE),
        timeout=_milliseconds(WITHIN),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json_dict(options)


def ask_to_sign(who: Party, *, known: Iterable[Known]) -> dict[str, Any]:
    """What a browser needs to have one of ``known`` sign."""
    options = webauthn.generate_authentication_options(
        rp_id=who.id,
        challenge=secrets.token_bytes(CHALLENGE),
        timeout=_milliseconds(WITHIN),
        allow_credentials=_described(known),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def begun(options: dict[str, Any], *, use: Use, owner: str, now: dt.datetime) -> Challenge:
    """``options``, and the state that ``open_challenge`` reads: good for ``use`` by ``owner``, ``WITHIN``."""
    until = (now + WITHIN).isoformat()
    return Challenge(options, {"challenge": options["challenge"], "use": use, "owner": owner, "until": until})


def open_challenge(state: Mapping[str, str], *, use: Use, owner: str, now: dt.datetime) -> bytes:
    """The challenge that an answer must hold. Raises ``ChallengeOver``."""
    asked = (state.get("use"), state.get("owner")) == (use, owner)
    if not asked or dt.datetime.fromisoformat(state["until"]) <= now:
        raise ChallengeOver
    return webauthn.base64url_to_bytes(state["challenge"])


def made(response: str, *, challenge: bytes, who: Party) -> Made:
    """The new passkey that ``response`` tells of. Raises ``PasskeyRefused``."""
    try:
        verified = webauthn.verify_registration_response(
            credential=_read(response),
            expected_challenge=challenge,
            expected_rp_id=who.id,
            expected_origin=who.origin,
            require_user_verification=True,
        )
    except Exception:
        raise PasskeyRefused from None
    return Made(
        credential=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=_transports(response),
    )


def credential_of(response: str) -> bytes:
    """Which passkey says that it signed. Raises ``PasskeyRefused``."""
    try:
        return webauthn.base64url_to_bytes(_read(response)["rawId"])
    except Exception:
        raise PasskeyRefused from None


def signed(response: str, *, challenge: bytes, who: Party, public_key: bytes) -> int:
    """The signature count of an answer that ``public_key`` signed, its person verified.

    Whether it went back is for the caller to say. Raises ``PasskeyRefused``.
    """
    try:
        verified = webauthn.verify_authentication_response(
            credential=_read(response),
            expected_challenge=challenge,
            expected_rp_id=who.id,
            expected_origin=who.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:
        raise PasskeyRefused from None
    return verified.new_sign_count


def went_back(count: int, *, last: int) -> bool:
    """Whether a signature count shows a copy of the passkey; many count nothing, and always tell 0."""
    return (count > 0 or last > 0) and count <= last


def _read(response: str) -> dict[str, Any]:
    if len(response) > MAX_RESPONSE:
        raise PasskeyRefused
    found: dict[str, Any] = json.loads(response)
    return found


def _transports(response: str) -> list[str]:
    told = _read(response)["response"].get("transports")
    known = {one.value for one in structs.AuthenticatorTransport}
    return sorted(known.intersection(one for one in told if isinstance(one, str))) if told else []


def _described(known: Iterable[Known]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [
        structs.PublicKeyCredentialDescriptor(
            id=credential, transports=[structs.AuthenticatorTransport(way) for way in transports] or None
        )
        for credential, transports in known
    ]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _milliseconds(delta: dt.timedelta) -> int:
    return int(delta.total_seconds() * 1000)
