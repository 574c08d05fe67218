"""What the portal refuses to start with, each with what to set."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.urls import NoReverseMatch
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts.definitions import PasswordPolicy
from guichet.config import checks
from tests.config import production


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    production.make_seal(tmp_path / "seal")
    return production.environment(tmp_path)


def test_settings_of_production_pass(env: dict[str, str]) -> None:
    done = production.check(env, "--deploy")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("asked", ["", "1"])
def test_the_whole_domain_is_bound_on_the_operator_s_word_alone(env: dict[str, str], asked: str) -> None:
    names = ("SECURE_HSTS_PRELOAD", "SECURE_HSTS_INCLUDE_SUBDOMAINS")
    show = f"from django.conf import settings\nprint(*(getattr(settings, name) for name in {names}))"
    env |= {"GUICHET_HSTS_PRELOAD": asked, "DJANGO_SETTINGS_MODULE": "guichet.config.settings"}
    done = subprocess.run([sys.executable, "-c", show], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(bool(asked))] * 2


def test_bare_settings_are_refused_with_one_line_for_each(tmp_path: Path) -> None:
    env = {
        name: value
        for name, value in production.environment(tmp_path).items()
        if name in production.PASSED_ON
    }
    done = production.check(env | {"GUICHET_VAR": str(tmp_path / "var")}, "--deploy")
    assert done.returncode == 1
    for code in ("E002", "E004", "E005", "E007", "E008", "E009"):
        assert f"guichet.{code}" in done.stderr
    assert done.stderr.count("→") == done.stderr.count("guichet.E")


WEAK = [
    ("SECRET_KEY", "", "E002"),
    ("SECRET_KEY", "court", "E002"),
    ("SECRET_KEY", "ab" * 40, "E002"),
    ("SECRET_KEY", "demonstration-only-never-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz", "E002"),
    ("DEMO", True, "E003"),
    ("TESTING", True, "E003"),
    ("CLOCK_FILE", "clock", "E003"),
    ("HTTPS", False, "E004"),
    ("ALLOWED_HOSTS", [], "E005"),
    ("ALLOWED_HOSTS", ["*"], "E005"),
    ("ALLOWED_HOSTS", ["depot.administration.fr", "*"], "E005"),
    ("ALLOWED_HOSTS", ["autre.administration.fr"], "E005"),
    ("TRUSTED_PROXIES", [], "E006"),
    ("SMTP_URL", "", "E007"),
    ("SENDER", "ne-pas-repondre@guichet.example", "E008"),
    ("SENDER", "depot@example.org", "E008"),
]


@pytest.fixture
def strong(settings: SettingsWrapper, tmp_path: Path) -> SettingsWrapper:
    production.make_seal(tmp_path / "seal")
    (tmp_path / "var").mkdir(mode=0o700)
    settings.SECRET_KEY = "".join(map(chr, range(ord("0"), ord("0") + 70)))
    settings.TESTING = settings.DEMO = False
    settings.CLOCK_FILE = ""
    settings.HTTPS = True
    settings.BASE_URL = "https://depot.administration.fr"
    settings.ALLOWED_HOSTS = [".administration.fr"]
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    settings.SMTP_URL = "smtp://courrier.administration.fr"
    settings.SENDER = "depot@administration.fr"
    settings.VAR, settings.SEAL_DIR = tmp_path / "var", str(tmp_path / "seal")
    settings.EMBEDDED_POSTGRES = True
    return settings


def codes(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id).removeprefix("guichet.") for message in messages]


def test_strong_settings_pass(strong: SettingsWrapper) -> None:
    assert codes(checks.production()) == []


@pytest.mark.parametrize(("name", "value", "code"), WEAK)
def test_each_weak_setting_is_refused_and_says_what_to_set(
    strong: SettingsWrapper, name: str, value: object, code: str
) -> None:
    setattr(strong, name, value)
    found = checks.production()
    assert codes(found) == [code]
    assert f"GUICHET_{name.replace('ALLOWED_', '').replace('HTTPS', 'BASE_URL')}" in str(found[0].hint)


CERTIFICATES = {
    "CERTIFICATE_URL": "https://depot.administration.fr:8443",
    "CERTIFICATE_PROXIES": ["127.0.0.1"],
    "CERTIFICATE_SECRET": "s" * 32,
}
WEAK_CERTIFICATES = [
    ("CERTIFICATE_PROXIES", [], "E016"),
    ("CERTIFICATE_SECRET", "", "E017"),
    ("CERTIFICATE_SECRET", "s" * 31, "E017"),
    ("CERTIFICATE_URL", "", "E018"),
    ("CERTIFICATE_URL", "http://depot.administration.fr:8443", "E018"),
    ("CERTIFICATE_URL", "https://depot.administration.fr", "E018"),  # the ordinary door itself
    ("CERTIFICATE_URL", "https://depot.administration.fr:443", "E018"),
    ("CERTIFICATE_URL", "https://certificats.administration.fr:8443", "E018"),  # where no session would hold
    ("CERTIFICATE_URL", "https://depot.administration.fr:8443/abonne", "E018"),
    ("CERTIFICATE_URL", "https://depot.administration.fr:huit", "E018"),
]


def test_a_portal_may_take_certificates_or_none(strong: SettingsWrapper) -> None:
    for name, value in CERTIFICATES.items():
        setattr(strong, name, value)
    assert codes(checks.production()) == []
    strong.CERTIFICATE_URL, strong.CERTIFICATE_PROXIES, strong.CERTIFICATE_SECRET = "", [], ""
    assert codes(checks.production()) == []


@pytest.mark.parametrize(("name", "value", "code"), WEAK_CERTIFICATES)
def test_certificates_are_taken_wholly_or_not_at_all(
    strong: SettingsWrapper, name: str, value: object, code: str
) -> None:
    for known, right in {**CERTIFICATES, name: value}.items():
        setattr(strong, known, right)
    [found] = checks.production()
    assert (codes([found]), f"GUICHET_{name}" in str(found.hint)) == ([code], True)


def test_no_seal_is_refused(strong: SettingsWrapper, tmp_path: Path) -> None:
    strong.SEAL_DIR = str(tmp_path / "nowhere")
    assert codes(checks.production()) == ["E009"]
    assert not (tmp_path / "nowhere").exists(), "production never makes a key of its own"


@pytest.mark.parametrize(("days", "expected"), [(-1, ["E010"]), (10, ["W010"]), (31, [])])
def test_the_seals_certificate_is_watched(
    strong: SettingsWrapper, tmp_path: Path, days: int, expected: list[str]
) -> None:
    production.make_seal(tmp_path / "other", days=days)
    strong.SEAL_DIR = str(tmp_path / "other")
    assert codes([*checks.definitions(), *checks.production()]) == expected


def test_the_everyday_check_tells_that_the_seal_ends_and_makes_no_key(
    strong: SettingsWrapper, tmp_path: Path
) -> None:
    production.make_seal(tmp_path / "other", days=10)
    strong.SEAL_DIR = str(tmp_path / "other")
    [found] = checks.definitions()
    assert (found.id, "seal rotate" in str(found.hint)) == ("guichet.W010", True)
    strong.SEAL_DIR = str(tmp_path / "nowhere")
    assert checks.definitions() == []
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["VAR", "SEAL_DIR"])
def test_folders_open_to_everybody_are_refused(strong: SettingsWrapper, name: str) -> None:
    Path(getattr(strong, name)).chmod(0o705)
    assert codes(checks.production()) == ["E011"]


def test_one_role_for_everything_is_a_warning(strong: SettingsWrapper) -> None:
    strong.EMBEDDED_POSTGRES, strong.DATABASE_OWNER_URL = False, ""
    assert codes(checks.production()) == ["W012"]


PUBLIC_DEMOS = [
    ("http://127.0.0.1:8000", False),
    ("http://localhost:8000", False),
    ("http://192.168.1.20:8000", False),
    ("https://depot.administration.fr", True),
    ("http://203.0.113.9:8000", False),
    ("http://8.8.8.8", True),
]


@pytest.mark.parametrize(("url", "refused"), PUBLIC_DEMOS)
def test_a_demonstration_stays_at_home(settings: SettingsWrapper, url: str, refused: bool) -> None:
    settings.DEMO, settings.BASE_URL = True, url
    assert ("E001" in codes(checks.definitions())) is refused


@pytest.mark.parametrize(("length", "refused"), [(49, False), (50, True)])
def test_an_address_whose_links_would_be_cut_is_refused(
    settings: SettingsWrapper, length: int, refused: bool
) -> None:
    settings.BASE_URL = "https://guichet.example".ljust(length, "e")
    assert ("E013" in codes(checks.definitions())) is refused


class Door:
    home_url = register_url = sign_in_url = "web:home"
    terms_version = "2026-11"
    password = PasswordPolicy(min_length=8, max_length=20)

    def __init__(self, code: str = "porte", **changes: str) -> None:
        self.code = code
        vars(self).update(changes)


def espaces(monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper, *doors: Door) -> list[str]:
    settings.ESPACES, settings.TELEPROCEDURES = [str(number) for number in range(len(doors))], []
    monkeypatch.setattr(checks, "import_string", lambda dotted: doors[int(dotted)])
    monkeypatch.setattr(checks, "reverse", lambda name, **_: _reverse(name))
    return codes(checks.definitions())


def _reverse(name: str) -> str:
    if name == "nulle-part":
        raise NoReverseMatch(name)
    return "/"


def test_definitions_that_do_not_hold_are_named(
    monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper
) -> None:
    assert espaces(monkeypatch, settings, Door()) == []
    assert espaces(monkeypatch, settings, Door(), Door()) == ["E101"]
    assert espaces(monkeypatch, settings, Door("Été")) == ["E102"]
    assert espaces(monkeypatch, settings, Door(home_url="nulle-part")) == ["E103"]
    assert espaces(monkeypatch, settings, Door(terms_version="1999-1")) == ["E105"]


@pytest.mark.parametrize(
    ("name", "wanted", "found"),
    [
        ("PASSWORD_MIN_LENGTH", {"porte": 20}, []),
        ("PASSWORD_MIN_LENGTH", {"porte": 21}, ["E108"]),
        ("PASSWORD_MIN_SCORE", {"porte": 4}, []),
        ("PASSWORD_MIN_SCORE", {"porte": 5}, ["E108"]),
        ("PASSWORD_MIN_LENGTH", {"fenetre": 12}, ["E106"]),
        ("PASSWORD_MIN_SCORE", {"fenetre": 3}, ["E106"]),
        ("SECOND_FACTOR", ["fenetre"], ["E106"]),
    ],
)
def test_an_operator_s_wishes_name_a_door_and_can_be_met(
    monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper, name: str, wanted: object, found: list[str]
) -> None:
    setattr(settings, name, wanted)
    assert espaces(monkeypatch, settings, Door()) == found


def test_the_registered_definitions_hold() -> None:
    assert codes(checks.definitions()) == []
