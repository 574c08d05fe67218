"""The document of a publication: the images of its pages, and the PDF itself."""

import datetime as dt

from django.core.cache import caches
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from guichet.files import checks
from guichet.files import queries as files
from guichet.publications import queries
from guichet.publications.models import Publication
from guichet.web.public.caching import cached, unchanged

IMAGE_WIDTH = 700  # pixels


@cached
def page_image(
    request: HttpRequest, siren: str, date: dt.date, version: int, number: int
) -> HttpResponseBase:
    """Page ``number`` (from 1) as a picture, drawn once for everybody.

    Raises what ``queries.readable`` raises, ``checks.NoSuchPage``, ``checks.ChecksUnavailable``.
    """
    found = queries.readable(siren=siren, date=date, version=version)
    if not 1 <= number <= found.pages:
        raise checks.NoSuchPage
    name = f"{found.stored_id}-{number}-{IMAGE_WIDTH}"
    if answer := unchanged(request, name):
        return answer
    return HttpResponse(_picture(found, number, name), content_type="image/png", headers=_etag(name))


@cached
def document(request: HttpRequest, siren: str, date: dt.date, version: int) -> HttpResponseBase:
    """The published PDF, to be saved: a stranger's file is never shown in the portal's own name.

    Raises what ``queries.readable`` raises, ``stores.Missing``.
    """
    found = queries.readable(siren=siren, date=date, version=version)
    if answer := unchanged(request, found.stored_id):
        return answer
    content = files.open_stored(sha256=found.stored_id)
    headers = _etag(found.stored_id) | {"Content-Length": str(found.size)}
    return FileResponse(
        content,
        as_attachment=True,
        filename=_name(found),
        content_type="application/pdf",
        headers=headers,
    )


def _picture(found: Publication, number: int, name: str) -> bytes:
    images = caches["public"]
    picture: bytes | None = images.get(name)
    if picture is None:
        with files.local_path(sha256=found.stored_id) as path:
            picture = checks.page_image(path, page=number - 1, width=IMAGE_WIDTH)
        images.set(name, picture)
    return picture


def _name(found: Publication) -> str:
    version = f"-rectificatif-{found.version}" if found.version else ""
    return f"comptes-{found.siren}-{found.closing_date.isoformat()}{version}.pdf"


def _etag(value: str) -> dict[str, str]:
    return {"ETag": f'"{value}"'}
