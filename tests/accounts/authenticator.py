"""A device with passkeys, in software: it answers as a browser would, or as an attacker would like it to."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as b64

from guichet.accounts import operations
from guichet.accounts.models import Account

ORIGIN = "https://guichet.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey in one device. ``step``: by how much its signature count rises at each use."""

    origin: str = ORIGIN
    party: str = "guichet.example"
    step: int = 1
    count: int = 0
    flags: int = PRESENT | VERIFIED
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **response: Any) -> str:
        """The answer to ``navigator.credentials.create``."""
        told = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + self._attested()}
        return self._answer(
            clientDataJSON=b64(self._client("webauthn.create", options)),
            attestationObject=b64(cbor2.dumps(told)),
            transports=["internal", "no-such-way"],
            **response,
        )

    def sign(self, options: dict[str, Any]) -> str:
        """The answer to ``navigator.credentials.get``."""
        self.count += self.step
        client, data = self._client("webauthn.get", options), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=b64(client), authenticatorData=b64(data), signature=b64(signature))

    def _answer(self, **response: Any) -> str:
        name = b64(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _data(self, more: int = 0) -> bytes:
        party = hashlib.sha256(self.party.encode()).digest()
        return party + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(key)


def add(
    account: Account, device: Device, *, name: str = "Mon téléphone", more: bool = False, keep: str = ""
) -> list[str]:
    """``account`` takes ``device`` into use; the recovery codes, where it is its first factor."""
    asked = operations.begin_passkey(account=account, more=more)
    return operations.add_passkey(
        account=account,
        response=device.make(asked.options),
        state=asked.state,
        name=name,
        keep_session=keep,
    )


def assertion(account: Account, device: Device) -> operations.Assertion:
    """What ``device`` answers when ``account`` is asked for a passkey."""
    asked = operations.begin_passkey_sign_in(account=account)
    return operations.Assertion(device.sign(asked.options), asked.state)
