"""Style sheets, scripts and icons: under an address that holds their content's hash, cached for a year.

``assets()`` copies what the pages need (of the design system: one style sheet, its icons, and the State's
fonts with the official brand only) into ``VAR/static/<version>``, compressed once, at the first start.
"""

import contextlib
import gzip
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dsfr
from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware

from guichet.kernel import clock
from guichet.web.middleware import Handler

DSFR = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist"
DSFR_CSS = "dsfr.main.min.css"
SYSTEM_FONTS = b"system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif"
KEPT = 24 * 3600  # seconds: how long a former version's files stay
_FONT_FACE = re.compile(rb"@font-face\s*\{[^}]*\}")
_FONT_NAME = re.compile(rb"font-family:(?:Marianne|Spectral)[^;}!]*")
_ICON = re.compile(rb"url\(\"?(icons/[\w./-]+\.svg)\"?\)")
_COMPRESSED = {".css", ".js", ".svg", ".json"}


def asset_url(path: str) -> str:
    """The address of the static file ``path`` (``web/guichet.css``)."""
    return f"{settings.STATIC_URL}{version()}/{path}"


@cache
def version() -> str:
    """Twelve hexadecimal digits that change when any of the files served does."""
    digest = hashlib.sha256()
    for name, content in sorted(_contents()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def assets() -> Path:
    """The folder of this version's files, made on the spot when it isn't there yet.

    Several processes may start at once: each fills a folder of its own, and the first to rename it wins.
    Folders that no start has made for ``KEPT`` go: a page that was opened before an upgrade keeps its style.
    """
    target = Path(settings.VAR) / "static" / version()
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        made = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
        for name, content in _contents():
            _write(made / name, content)
        made.chmod(0o755)
        _put(made, target)
    return target


class StaticMiddleware:
    """Serves the files of this version; any other request goes on to the portal."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        prefix = asset_url("")
        # Every address holds the version, so all may be kept for good.
        self.files = WhiteNoise(
            None, str(assets()), prefix, immutable_file_test=lambda _path, _url: True
        ).files

    def __call__(self, request: HttpRequest) -> HttpResponse:
        file = self.files.get(request.path_info)
        if file is None:
            return self.get_response(request)
        response: HttpResponse = WhiteNoiseMiddleware.serve(file, request)
        return response


def _contents() -> Iterator[tuple[str, bytes]]:
    """The files to serve: (path, content)."""
    yield from _design_system()
    for app in apps.get_app_configs():
        root = Path(app.path) / "static"
        if app.name.startswith("guichet."):
            yield from ((str(f.relative_to(root)), f.read_bytes()) for f in root.rglob("*") if f.is_file())


def _design_system() -> Iterator[tuple[str, bytes]]:
    css = (DSFR / DSFR_CSS).read_bytes()
    for icon in sorted(set(_ICON.findall(css))):
        yield f"dsfr/{icon.decode()}", (DSFR / icon.decode()).read_bytes()
    if settings.OFFICIAL_BRAND:
        yield from (
            (f"dsfr/fonts/{font.name}", font.read_bytes()) for font in (DSFR / "fonts").glob("*.woff2")
        )
    else:
        css = without_state_fonts(css)
    yield f"dsfr/{DSFR_CSS}", css


def without_state_fonts(css: bytes) -> bytes:
    """``css`` with the reader's own fonts where it names the State's, which only State sites may use."""
    return _FONT_NAME.sub(b"font-family:" + SYSTEM_FONTS, _FONT_FACE.sub(b"", css))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if path.suffix in _COMPRESSED and len(content) > 500:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _sweep(folder: Path) -> None:
    """Remove the folders of former versions, and what a killed process left unfinished."""
    for old in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process sweeps too
            if clock.now().timestamp() - old.stat().st_mtime > KEPT:
                shutil.rmtree(old)


def _put(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(made)
