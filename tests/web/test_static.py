"""What is served besides pages: under an address that changes with its content, cached for good."""

import gzip
import os
import re
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.template import engines
from django.test import Client
from pytest_django.fixtures import Settings

from guichet.kernel import clock
from guichet.web import static
from guichet.web.static import asset_url, assets, without_state_fonts

pytestmark = pytest.mark.django_db


def _get(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    answer = Client().get(asset_url(path), headers=headers)
    return answer.status_code, dict(answer.headers), b"".join(answer)


def test_our_style_sheet_is_kept_for_good_under_its_version() -> None:
    status, headers, body = _get("web/guichet.css")
    assert status == 200
    assert b".g-main" in body
    assert "immutable" in headers["Cache-Control"]
    assert int(re.findall(r"max-age=(\d+)", headers["Cache-Control"])[0]) >= 31_536_000
    assert headers["Content-Type"].startswith("text/css")


def test_the_design_system_travels_compressed() -> None:
    _status, headers, body = _get("dsfr/dsfr.main.min.css", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert b".fr-btn" in gzip.decompress(body)
    assert len(body) < 100_000


def test_no_state_font_leaves_without_the_official_brand() -> None:
    assert not portal.OFFICIAL_BRAND
    _status, _headers, body = _get("dsfr/dsfr.main.min.css")
    assert b"Marianne," not in body
    assert b"@font-face" not in body
    assert not list(assets().rglob("*.woff*"))


def test_only_the_font_is_taken_out() -> None:
    css = b"@font-face{font-family:Marianne;src:url(x)}p{font-family:Marianne,arial,sans-serif;color:red}"
    assert without_state_fonts(css) == b"p{font-family:" + static.SYSTEM_FONTS + b";color:red}"
    assert without_state_fonts(b"p{font-family:inherit}") == b"p{font-family:inherit}"


def test_the_icons_that_the_style_sheet_names_are_there() -> None:
    _status, _headers, body = _get("dsfr/dsfr.main.min.css")
    icons = set(re.findall(rb"url\(\"?(icons/[\w./-]+)", body))
    assert len(icons) > 20
    assert [icon for icon in icons if not (assets() / "dsfr" / icon.decode()).is_file()] == []


def test_the_version_changes_with_any_content(monkeypatch: pytest.MonkeyPatch) -> None:
    static.version.cache_clear()
    monkeypatch.setattr(static, "_contents", lambda: iter([("a.css", b"1")]))
    before = static.version()
    static.version.cache_clear()
    monkeypatch.setattr(static, "_contents", lambda: iter([("a.css", b"2")]))
    assert static.version() != before
    static.version.cache_clear()


def test_two_processes_that_start_at_once_end_with_one_folder() -> None:
    target = assets()
    late = target.parent / "new-late"
    late.mkdir()
    (late / "file").write_text("x")
    static._put(late, target)
    assert not late.exists()
    assert (target / "web" / "guichet.css").is_file()


def test_folders_of_former_versions_go_after_a_day(tmp_path: Path) -> None:
    now = clock.now().timestamp()
    for name, age in (
        ("old", static.KEPT + 60),
        ("recent", static.KEPT - 60),
        ("new-unfinished", static.KEPT * 9),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
        os.utime(tmp_path / name, (now - age, now - age))
    static._sweep(tmp_path)
    assert [left.name for left in tmp_path.iterdir()] == ["recent"]


def test_an_upgrade_sweeps(tmp_path: Path, settings: Settings) -> None:
    settings.VAR = tmp_path
    old = tmp_path / "static" / "000000000000"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    made = assets()
    assert [each.name for each in old.parent.iterdir()] == [made.name]


def test_another_version_is_not_served() -> None:
    assert Client().get(f"{portal.STATIC_URL}000000000000/web/guichet.css").status_code == 404


def test_the_tag_gives_the_address() -> None:
    template = engines["django"].from_string('{% asset "web/guichet.css" %}')
    assert template.render({}) == asset_url("web/guichet.css")


def test_the_official_brand_brings_the_states_fonts(settings: Settings) -> None:
    settings.OFFICIAL_BRAND = True
    files = dict(static._design_system())
    assert b"font-family:Marianne" in files["dsfr/dsfr.main.min.css"]
    assert any(name.endswith(".woff2") for name in files)
