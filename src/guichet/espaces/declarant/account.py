"""« Mon compte »: whom one asks, what one may file, since when and who gave it (003, chapters 1 and 3)."""

from typing import Any

from django.http import HttpResponse

from guichet.accounts.models import Account
from guichet.espaces.declarant import words
from guichet.habilitations import queries as habilitations
from guichet.habilitations.rules import GridFilters
from guichet.inscriptions import queries
from guichet.web import forms
from guichet.web.account_forms import AnyProfileForm
from guichet.web.requests import PortalRequest
from guichet.web.views import account


class PhoneForm(AnyProfileForm):
    """What one changes oneself: nom and prénom are part of how one signs in."""

    phone = forms.PhoneField(required=False)

    @property
    def profile(self) -> dict[str, str]:
        """The answer; the names stay as they are."""
        return {"phone": str(self.cleaned_data["phone"])}


def profile(request: PortalRequest, *, form_class: type[AnyProfileForm] = PhoneForm) -> HttpResponse:
    """« Mon compte », for those who act for nobody as well."""
    return account.profile(request, form_class=form_class, known=_known(request.account))


def _known(mine: Account) -> dict[str, Any]:
    acteur = queries.acteur_of(account=mine)
    if acteur is None or acteur.is_candidate:
        return {"acteur": None}
    rights = habilitations.recap(acteur=acteur, filters=GridFilters(personnes=(acteur.pk,)))
    return {
        "acteur": acteur,
        "company": queries.name_of_company(acteur.inscription),
        "role": words.role(acteur),
        "administrateurs": queries.administrateurs(inscription=acteur.inscription),
        "rights": rights,
        "filter": f"personne={acteur.pk}",
    }
