"""The portal's addresses, and those of the tests' own téléprocédures: their screens are the shared ones."""

from typing import ClassVar

from django import forms
from django.urls import include, path

from guichet.config import urls
from guichet.web.filing.screens import Filing, Step, StepForm
from guichet.web.filing.urls import filing_urls
from guichet.web.forms import SirenField
from tests.depots import small
from tests.depots.small import ALL

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


class DemandeForm(StepForm):
    """For whom, and what."""

    siren = SirenField(label="SIREN du client", missing="Indiquez le SIREN.")
    objet = forms.CharField(label="Ce qui est voulu")
    required_css_class: ClassVar[str] = ""

    def clean(self) -> dict[str, str]:
        """Holds it against what is filed already."""
        data: dict[str, str] = self.cleaned_data
        if "siren" in data:
            account = self.context.account
            self.ask_place(small.unique(account, data), siren=str(data["siren"]), field="siren")
        return data


STEP = Step(slug="demande", title="Votre demande", told="Vous dites pour qui.", form=DemandeForm)
SCREENS = [
    Filing(
        definition=definition,
        namespace=definition.start_url.partition(":")[0],
        steps=(STEP,),
        intro_template="comptes_annuels/intro.html",
        reminder_template="comptes_annuels/reminder.html" if definition.files else "",
        transmit="Envoyer la {label}",
    )
    for definition in ALL.values()
]
urlpatterns = [
    *(
        path(f"{screens.namespace}/", include((filing_urls(screens), screens.namespace)))
        for screens in SCREENS
    ),
    *urls.urlpatterns,
]
