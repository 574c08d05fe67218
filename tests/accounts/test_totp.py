"""Codes of an application, and recovery codes: rules without a database."""

import datetime as dt

import pytest

from guichet.accounts import totp

# RFC 6238, appendix B: the key « 12345678901234567890 », SHA-1; the last six of the eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = totp.step_at(dt.datetime.fromtimestamp(seconds, dt.UTC))
    assert totp.code_at(RFC_SECRET, step) == code


@pytest.mark.parametrize(("drift", "holds"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_period_early_or_late(drift: int, holds: bool) -> None:
    step = totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, 1000 + drift), now=1000)
    assert step == (1000 + drift if holds else None)


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "é87082", "287 08A"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.matching_step(RFC_SECRET, totp.plain(typed), now=1) is None


def test_a_period_begins_every_thirty_seconds() -> None:
    moment = dt.datetime(2026, 11, 21, 9, 0, 29, 999_999, tzinfo=dt.UTC)
    assert totp.step_at(moment) + 1 == totp.step_at(moment + dt.timedelta(microseconds=1))


def test_secrets_have_160_bits_and_are_not_the_same() -> None:
    secrets = {totp.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(secret) * 5 for secret in secrets} == {160}


def test_the_qr_code_says_whose_and_where() -> None:
    uri = totp.provisioning_uri(RFC_SECRET, name="a@b.example", issuer="Guichet d’essai")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in uri
    assert "a%40b.example" in uri
    assert "issuer=Guichet%20d%E2%80%99essai" in uri


def test_a_key_is_copied_in_groups_of_four() -> None:
    assert totp.in_groups(RFC_SECRET).split() == ["GEZD", "GNBV", "GY3T", "QOJQ"] * 2


def test_ten_recovery_codes_of_seventy_bits() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
        assert totp.is_recovery(totp.plain(code))


@pytest.mark.parametrize(
    "typed", ["k7rm-3vxp-9qtc-hj4w", " K7RM3VXP 9QTCHJ4W\n", "K7RM–3VXP–9QTC–HJ4W", "K7RM_3VXP.9QTC/HJ4W"]
)
def test_a_recovery_code_is_read_however_it_was_typed(typed: str) -> None:
    assert totp.recovery_hash(typed, salt=b"s") == totp.recovery_hash("K7RM-3VXP-9QTC-HJ4W", salt=b"s")


def test_look_alikes_are_read_as_what_they_look_like() -> None:
    assert totp.plain("SBZU-3VXP-9QTC-HJ4W") == "582V3VXP9QTCHJ4W"
    assert totp.plain("287 082") == "287082"


def test_one_code_under_two_salts_gives_two_hashes() -> None:
    assert totp.recovery_hash("K7RM", salt=b"a") != totp.recovery_hash("K7RM", salt=b"b")
