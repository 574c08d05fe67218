"""« Vos données »: what is kept of a person, a copy of it, and closing the account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.accounts.definitions import Espace, espace
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.retention import operations, queries
from guichet.web.account_forms import CloseAccountForm
from guichet.web.filing.depots import attachment
from guichet.web.forms import posted, show
from guichet.web.requests import PortalRequest


def data(request: PortalRequest) -> HttpResponse:
    """What is kept for how long, and the copy of it: asked for here, told by e-mail when it is ready."""
    account = request.account
    if request.method == "POST":
        operations.ask_export(account=account)
        messages.success(request, _("Votre demande est enregistrée."))
        return redirect(f"{account.espace}:data")
    context = {
        "retention": espace(account.espace).retention,
        "copy": queries.export_of(account=account),
        "stake": queries.at_stake(account=account),
    }
    return render(request, "web/accounts/data.html", context)


def archive(request: PortalRequest) -> HttpResponseBase:
    """The copy, for its person alone; gone after a week."""
    copy = queries.export_of(account=request.account)
    if copy is None or not copy.sha256:
        raise Http404
    name = f"vos-donnees-{clock.today().isoformat()}.zip"
    return attachment(copy.sha256, name, "application/zip")


def close(request: PortalRequest) -> HttpResponse:
    """« Fermer votre compte »: in words what goes and what stays, and the password."""
    account = request.account
    door = espace(account.espace)
    if not door.retention.closed_by_person:
        raise operations.ClosedByOthers
    form = CloseAccountForm(posted(request))
    if form.is_valid() and _closed(request, form):
        request.session.flush()
        return redirect(f"{door.code}:closed")
    context = {"door": door, "stake": queries.at_stake(account=account)}
    return show(request, "web/accounts/close.html", form, context)


def closed(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """What became of it, for whoever has just left."""
    return render(request, "web/accounts/closed.html", {"door": door})


def _closed(request: PortalRequest, form: CloseAccountForm) -> bool:
    try:
        operations.close(account=request.account, password=form.cleaned_data["current"])
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True
