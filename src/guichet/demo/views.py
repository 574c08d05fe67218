"""The demonstration's own pages: the mailbox, and what its agents' applications show."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.demo import agents, mailbox


@require_safe
@never_cache
def messages(request: HttpRequest) -> HttpResponse:
    """The latest messages that the portal sent, newest first, and every letter."""
    context = {
        "sent": mailbox.messages(),
        "letters": mailbox.letters(),
        "shown": mailbox.SHOWN,
        "sends_for_real": bool(settings.SMTP_URL),
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
@never_cache
def message(request: HttpRequest, key: str) -> HttpResponse:
    """One message, as text."""
    found = mailbox.message(key)
    if found is None:
        raise Http404
    return render(request, "demo/message.html", {"message": found, "sends_for_real": bool(settings.SMTP_URL)})


@require_safe
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """What the applications of the demonstration's agents show at this moment."""
    return render(request, "demo/codes.html", {"shown": agents.codes()})


@require_safe
@never_cache
def letter(_request: HttpRequest, name: str) -> FileResponse:
    """One letter, as the PDF that the mailing service gets."""
    path = mailbox.letter_path(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
