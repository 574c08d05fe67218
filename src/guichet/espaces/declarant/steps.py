"""The pages of a registration, in their order, and which of them concern whom (003, chapter 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from guichet.accounts.rules import TrustChoice
from guichet.espaces.declarant import choices, registrant
from guichet.espaces.declarant.choices import CHARTER, CLIENTS
from guichet.espaces.declarant.drafts import Draft
from guichet.espaces.declarant.forms import ConditionsForm, CredentialsForm, IdentityForm
from guichet.espaces.declarant.registrant import Place
from guichet.inscriptions import catalogue
from guichet.inscriptions import queries as inscriptions
from guichet.inscriptions.catalogue import Declaration
from guichet.inscriptions.rules import Choice, Genre, Person, Voie
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_, Refusal
from guichet.web.forms import PortalForm

LISTS = ("lies_a", "secteurs", "declarations")


@dataclass(frozen=True)
class Step:
    """A page. ``slug`` stands in the address; ``phase`` in the stepper, which names fewer things than pages.

    ``button``: what going on is called.
    """

    slug: str
    title: str
    phase: str
    button: str = N_("Étape suivante")
    template: str = "declarant/register_step.html"


YOU, PASSWORD = N_("Vous et votre établissement"), N_("Votre mot de passe")
DECLARATIONS, CHECKING = N_("Vos déclarations"), N_("Vérification")
PLACES, PEOPLE, ACTIVATION = N_("Vos établissements"), N_("Vos collaborateurs"), N_("Votre activation")

STEPS = {
    one.slug: one
    for one in (
        Step(
            "identite",
            N_("Vos données de connexion"),
            YOU,
            N_("Je m’inscris"),
            "declarant/register_identity.html",
        ),
        Step(
            "conditions",
            N_("Conditions d’utilisation"),
            YOU,
            N_("Accepter et continuer"),
            "declarant/register_conditions.html",
        ),
        Step("etablissement", N_("Votre établissement"), YOU, template="declarant/register_place.html"),
        Step(
            "authentification",
            N_("Votre mot de passe et votre question secrète"),
            PASSWORD,
            N_("Valider"),
            "declarant/register_credentials.html",
        ),
        Step(
            "recapitulatif",
            N_("Vos données d’authentification"),
            PASSWORD,
            N_("S’inscrire aux services"),
            "declarant/register_summary.html",
        ),
        Step("profil", N_("Quel est votre profil d’inscription ?"), DECLARATIONS),
        Step("vous-etes", N_("Vous êtes…"), DECLARATIONS),
        Step("services", N_("Vous souhaitez utiliser les services liés à…"), DECLARATIONS),
        Step("secteur", N_("Régime ou secteur"), DECLARATIONS),
        Step("declarations", N_("Vos déclarations"), DECLARATIONS, N_("Valider ces déclarations")),
        Step(
            "charte",
            N_("La charte de vos déclarations"),
            DECLARATIONS,
            N_("J’accepte"),
            "declarant/register_charter.html",
        ),
        Step("etablissements", N_("Vos établissements"), PLACES, template="declarant/register_places.html"),
        Step("declarants", N_("Vos collaborateurs"), PEOPLE, template="declarant/register_colleagues.html"),
        Step(
            "activation",
            N_("Votre entreprise est déjà inscrite"),
            ACTIVATION,
            template="declarant/register_activation.html",
        ),
    )
}
CHECK = Step(
    "validation",
    N_("Vérifiez vos réponses"),
    CHECKING,
    N_("Valider l’inscription"),
    "declarant/register_check.html",
)
OF_THE_PERSON = ("identite", "conditions", "etablissement", "authentification", "recapitulatif")
OF_THE_TREE = ("vous-etes", "services", "secteur", "declarations")
# What is to be looked at again once a page was answered otherwise.
FOLLOWING: Mapping[str, Sequence[str]] = {
    slug: OF_THE_TREE[place + 1 :] for place, slug in enumerate(OF_THE_TREE)
}


class Situation:
    """What follows from what was typed so far; made anew whenever something else is typed."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @cached_property
    def place(self) -> Place | None:
        """The établissement that registers, where it may."""
        try:
            return registrant.place(Siret.parse(self.draft.text("siret")))
        except Refusal:
            return None

    @cached_property
    def places(self) -> Sequence[Place]:
        """All that its company has open."""
        return registrant.places(self.place.siren, withheld=not self.place.company) if self.place else ()

    @cached_property
    def is_candidate(self) -> bool:
        """Whether the company has an inscription, so that its administrateurs are to agree."""
        return self.place is not None and inscriptions.living(siren=str(self.place.siren)) is not None

    @property
    def genre(self) -> Genre:
        """Which of the three types it would be."""
        if self.draft.text("profil") == CLIENTS:
            return Genre.TIERS
        return Genre.MULTI if len(self.places) > 1 else Genre.MONO

    @property
    def proposed(self) -> list[Declaration]:
        """The declarations that the answers lead to."""
        typed = self.draft.typed
        return catalogue.proposed(
            vous_etes=self.draft.text("vous_etes"),
            lies_a=typed.getlist("lies_a"),
            secteurs=typed.getlist("secteurs"),
        )

    @property
    def declarations(self) -> list[Declaration]:
        """Those that are ticked."""
        ticked = self.draft.typed.getlist("declarations")
        return [one for one in self.proposed if one.code in ticked]

    @property
    def with_charter(self) -> list[Declaration]:
        """Those of them that have a charter."""
        return [one for one in self.declarations if one.charter]

    @property
    def ticked(self) -> list[Place]:
        """The établissements that are to declare, as far as the register still knows them as open."""
        if self.genre != Genre.MULTI:
            return [self.place] if self.place else []
        return [one for one in self.places if one.siret in self.draft.sirets]

    @property
    def own_data(self) -> Sequence[str]:
        """What a password may not be made of."""
        names = ("siret", "last_name", "first_name", "email", "phone")
        own = [self.draft.text(name) for name in names]
        return [text for text in (*own, self.place.company if self.place else "") if text]

    @property
    def steps(self) -> Sequence[Step]:
        """The pages of this registration, but for the last: « Vérifiez vos réponses »."""
        wanted = [*self._of_the_person(), *(["activation"] if self.is_candidate else self._of_the_company())]
        return [STEPS[slug] for slug in wanted]

    def form(
        self, step: Step, data: Mapping[str, Any] | None = None, *, with_password: bool = True
    ) -> PortalForm:
        """The form of ``step``, with what was typed before."""
        options: dict[str, Any] = {"initial": self.draft.initial(LISTS)}
        match step.slug:
            case "identite":
                return IdentityForm(data, **options)
            case "conditions":
                return ConditionsForm(data, **options)
            case "authentification":
                return CredentialsForm(data, with_password=with_password, own_data=self.own_data, **options)
            case "activation":
                return choices.WayForm(data, **options)
            case "etablissements":
                return choices.PlacesForm(data, chosen=len(self.ticked), **options)
        return self._form_of_the_tree(step, data, options)

    def missing(self) -> Step | None:
        """The first page that was not answered, or whose answer does not hold any more."""
        typed = self.draft.typed
        asked = (
            one
            for one in self.steps
            if one.slug not in self.draft.seen or not self.form(one, typed).is_valid()
        )
        return next(asked, None)

    def choice(self) -> Choice:
        """All that was chosen for the company."""
        typed = self.draft.typed
        return Choice(
            genre=self.genre,
            voie=Voie(self.draft.text("voie")) if self.is_candidate else Voie.COOPTATION,
            vous_etes=self.draft.text("vous_etes"),
            lies_a=tuple(typed.getlist("lies_a")),
            secteurs=tuple(typed.getlist("secteurs")),
            declarations=tuple(one.code for one in self.declarations),
            charters=tuple(one.code for one in self.with_charter if typed.get(f"{CHARTER}{one.code}")),
            sirets=tuple(str(one.siret) for one in self.ticked),
            colleagues=tuple(Person(**one) for one in self.draft.colleagues)
            if self.genre == Genre.TIERS
            else (),
        )

    def trust(self) -> TrustChoice:
        """The secret question and its answer."""
        return TrustChoice(self.draft.text("question"), self.draft.text("answer"))

    def _of_the_person(self) -> Sequence[str]:
        return () if self.draft.account else OF_THE_PERSON

    def _of_the_company(self) -> list[str]:
        wanted = ["profil", *OF_THE_TREE]
        given = self.draft.typed.getlist("lies_a")
        if given and not choices.below(catalogue.tree().secteurs, given):
            wanted.remove("secteur")
        if self.with_charter:
            wanted.append("charte")
        if self.genre == Genre.MULTI:
            wanted.append("etablissements")
        if self.genre == Genre.TIERS:
            wanted.append("declarants")
        return wanted

    def _form_of_the_tree(
        self, step: Step, data: Mapping[str, Any] | None, options: dict[str, Any]
    ) -> PortalForm:
        typed = self.draft.typed
        match step.slug:
            case "profil":
                return choices.ProfilForm(data, **options)
            case "vous-etes":
                return choices.VousEtesForm(data, **options)
            case "services":
                return choices.ServicesForm(data, vous_etes=self.draft.text("vous_etes"), **options)
            case "secteur":
                return choices.SecteurForm(data, lies_a=typed.getlist("lies_a"), **options)
            case "declarations":
                if len(self.proposed) == 1:  # it is what was asked for
                    options["initial"] = {"declarations": [self.proposed[0].code]}
                return choices.DeclarationsForm(data, proposed=self.proposed, **options)
            case "charte":
                return choices.ChartersForm(data, declarations=self.with_charter, **options)
        return PortalForm(data)  # pages that are read, and left by their button
