"""Taking possession: whoever signed in by a provisional password chooses one, and a question (003, 3).

Until then nobody is signed in, and nothing else can be reached.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations
from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.accounts.sessions import provisionally_signed_in
from guichet.kernel.refusals import Refusal
from guichet.web.access import next_path, with_next
from guichet.web.forms import posted, show
from guichet.web.trust_forms import PossessionForm
from guichet.web.views.credentials import try_out
from guichet.web.views.sign_in import come_in


def possession(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """A password of one's own, a question and its answer; then on to where one wanted to go."""
    account = provisionally_signed_in(request)
    if account is None or account.espace != door.code:
        return redirect(with_next(request, reverse(door.sign_in_url)))
    if "live" in request.POST:
        return try_out(request, account)
    form = PossessionForm(posted(request), door=door)
    if form.is_valid() and (owner := _taken(account, form)):
        messages.success(request, _("Votre mot de passe et votre question sont enregistrés."))
        return redirect(come_in(request, owner))
    context = {"door": door, "owner": account, "suite": next_path(request, default="")}
    return show(request, "web/accounts/possession.html", form, context)


def _taken(account: Account, form: PossessionForm) -> Account | None:
    try:
        return operations.take_possession(
            account=account, password=form.cleaned_data["password"], trust=form.trust
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None
