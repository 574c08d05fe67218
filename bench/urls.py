"""The portal's addresses, and an empty view beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from guichet.config import urls


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("bench/empty/", _empty), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
