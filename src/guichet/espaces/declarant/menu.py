"""« Menu personnalisé »: what one finds there, by type of inscription, role and rights (003, chapter 3)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.habilitations.queries.summary import Held
from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Declaration, Filed
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.values import Inscrite
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words

FILE_HERE = "declaration:start"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A declaration of the carousel. ``kind``: ``file``, ``service``, ``elsewhere``, ``waits``, ``no_right``.

    ``address`` is empty where there is nothing to open; ``state`` and ``detail`` are words.
    """

    code: str
    label: str
    organism: str
    summary: str
    colour: str
    kind: str
    state: str
    detail: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way out of the menu; ``waiting`` counts what stands behind it."""

    label: str
    address: str
    summary: str = ""
    waiting: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading of the menu, with its links; those of ``services`` stand under kinds of their own."""

    code: str
    title: str
    links: Sequence[Link]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for an administrateur: how many."""

    candidates: int = 0
    helps: int = 0
    places: int = 0


def tiles(
    *, acteur: Acteur, inscrites: Sequence[Inscrite], held: Mapping[str, Held], now: dt.datetime, ask: str
) -> list[Tile]:
    """A tile for each declaration of the company; those that can be opened first. ``ask``: whom to ask."""
    made = [_tile(acteur, one, held.get(one.code), now, ask) for one in inscrites]
    return sorted(made, key=lambda tile: not tile.address)


def countdown(opens_at: dt.datetime, *, now: dt.datetime) -> str:
    """« accessible le 29 novembre 2026, dans 8 jours », counted in days of the calendar of Paris."""
    day, today = opens_at.astimezone(PARIS).date(), now.astimezone(PARIS).date()
    days = (day - today).days
    if days < 1:
        moment = opens_at.astimezone(PARIS)
        hour = _("{hour} h {minute}").format(hour=moment.hour, minute=f"{moment.minute:02}")
        return _("accessible aujourd’hui à {hour}").format(hour=hour)
    left = ngettext("dans {n} jour", "dans {n} jours", days).format(n=days)
    return _("accessible le {date}, {left}").format(date=in_words(day), left=left)


def _tile(acteur: Acteur, one: Inscrite, held: Held | None, now: dt.datetime, ask: str) -> Tile:
    declaration = catalogue.declaration(one.code)
    kind, state, detail, address = _standing(acteur, one, declaration, held, now, ask)
    return Tile(
        code=one.code,
        label=declaration.label,
        organism=declaration.organism,
        summary=declaration.summary,
        colour=declaration.colour,
        kind=kind,
        state=state,
        detail=detail,
        address=address,
    )


def _standing(
    acteur: Acteur,
    one: Inscrite,
    declaration: Declaration,
    held: Held | None,
    now: dt.datetime,
    ask: str,
) -> tuple[str, str, str, str]:
    if not one.is_open:
        when = countdown(one.opens_at, now=now)
        words = _("{when}. C’est le délai de sécurité après l’inscription.").format(when=when)
        return "waits", _("Pas encore ouverte"), words, ""
    if not acteur.declarant or held is None:
        return "no_right", _("Sans droit"), _no_right(acteur, ask), ""
    if not held.now:
        words = _("Le délai de sécurité de vos clients n’est pas terminé : la page de chacun dit quand.")
        return "waits", _("Pas encore ouverte"), words, ""
    places = ngettext("pour {n} établissement", "pour {n} établissements", held.now).format(n=held.now)
    if declaration.filed is Filed.LINK:
        words = _("Se fait sur un autre site, qui peut vous demander de vous identifier de nouveau.")
        return "elsewhere", _("Autre site"), words, declaration.address
    if declaration.filed is Filed.SERVICE:
        return "service", _("Ouverte"), places, reverse(declaration.address)
    words = _("Dépôt d’un fichier, avec accusé de réception ; son contenu n’est pas encore contrôlé ici.")
    return "file", _("Ouverte, {places}").format(places=places), words, _file(one.code)


def _file(code: str) -> str:
    return f"{reverse(FILE_HERE)}?declaration={code}"


def _no_right(acteur: Acteur, ask: str) -> str:
    if not acteur.declarant:
        return _("Vous êtes administrateur, pas déclarant : d’autres la déposent.")
    if acteur.administrateur:
        return _("Vous ne vous êtes pas donné le droit de la déposer : voyez « Gérer les habilitations ».")
    return _("Vous n’avez pas le droit de la déposer. Demandez-le à {names}.").format(names=ask)


def sections(
    *, acteur: Acteur, codes: Sequence[str], waiting: Waiting, administered: bool = True
) -> list[Section]:
    """The menu under the carousel; what somebody has no right to is not there.

    ``administered``: whether the company has an administrateur who can answer; else a déclarant may ask.
    """
    administrators = (
        [
            Section(code="gestion", title=_("Gestion"), links=_management(acteur, waiting)),
            Section(code="demandes", title=_("Demandes en attente"), links=_requests(waiting)),
        ]
        if acteur.administrateur
        else _orphaned(administered=administered)
    )
    shown = [
        *administrators,
        Section(code="consultation", title=_("Consultation"), links=_consultation(acteur)),
        Section(code="services", title=_("Services complémentaires"), links=_services(codes)),
    ]
    return [section for section in shown if section.links]


def _orphaned(*, administered: bool) -> list[Section]:
    if administered:
        return []
    ask = Link(
        label=_("Votre entreprise n’a plus d’administrateur : demander l’accès"),
        address=reverse("acces:start"),
        summary=_("Prouvez votre lien avec elle : un agent peut vous nommer administrateur."),
    )
    return [Section(code="gestion", title=_("Gestion"), links=[ask])]


def _management(acteur: Acteur, waiting: Waiting) -> list[Link]:
    multi = Link(
        label=_("Gérer les établissements"),
        address=reverse("declarant:etablissements"),
        summary=_("Ceux que vous déclarez, et ceux que le répertoire vient d’ajouter."),
        waiting=waiting.places,
    )
    return [
        Link(
            label=_("Gérer les déclarants"),
            address=reverse("declarant:people"),
            summary=_("Vos collaborateurs : les inscrire, leur donner un mot de passe, les retirer."),
        ),
        Link(
            label=_("Gérer les habilitations"),
            address=reverse("declarant:grid"),
            summary=_("Qui dépose quelle déclaration, pour quel établissement."),
        ),
        Link(
            label=_("Gérer les déclarations"),
            address=reverse("declarant:declarations"),
            summary=_("Ajouter une déclaration à votre inscription, ou en retirer une."),
        ),
        *([multi] if acteur.inscription.genre == Genre.MULTI else []),
        *([_portfolios(), _by_file()] if acteur.inscription.genre == Genre.TIERS else []),
        Link(
            label=_("Qui déclare pour vous"),
            address=reverse("declarant:tiers"),
            summary=_("Les cabinets qui déclarent pour votre entreprise, et comment y mettre fin."),
        ),
        Link(
            label=_("Changer de type d’inscription, ou résilier"),
            address=reverse("resiliation:start"),
            summary=_("Une demande préparée ici, que le service examine."),
        ),
    ]


def _portfolios() -> Link:
    return Link(
        label=_("Gérer les portefeuilles"),
        address=reverse("declarant:portefeuilles"),
        summary=_("Vos entreprises clientes : les ajouter, ce que vous déclarez pour elles."),
    )


def _by_file() -> Link:
    return Link(
        label=_("Importer des habilitations avec dépôt de fichier"),
        address=reverse("declarant:imports"),
        summary=_(
            "Changer en une fois les établissements, les déclarations ou les droits d’un portefeuille."
        ),
    )


def _consultation(acteur: Acteur) -> list[Link]:
    """As the pages are called that the links open."""
    all_rights = acteur.administrateur
    recap = _("Récapitulatif des droits") if all_rights else _("Mes droits")
    history = _("Historique des droits") if all_rights else _("Historique de mes droits")
    everybody = [
        Link(label=_("Vos dépôts et leurs accusés de réception"), address=reverse("declaration:depots")),
        Link(label=recap, address=reverse("declarant:recap")),
        Link(label=history, address=reverse("declarant:history")),
    ]
    if not all_rights:
        return everybody
    detail = Link(
        label=_("Consulter le détail des habilitations"), address=reverse("declarant:rights_download")
    )
    return [
        *everybody,
        *([detail] if acteur.inscription.genre == Genre.TIERS else []),
        Link(label=_("Qui pouvait transmettre ?"), address=reverse("declarant:who")),
        Link(label=_("Changements des droits"), address=reverse("declarant:changes")),
    ]


def _requests(waiting: Waiting) -> list[Link]:
    return [
        Link(
            label=_("Administrateurs en attente"),
            address=reverse("declarant:candidates"),
            summary=_("Ceux qui demandent à administrer votre inscription : accord ou refus."),
            waiting=waiting.candidates,
        ),
        Link(
            label=_("Collègues qui ne peuvent plus se connecter"),
            address=reverse("declarant:help_asked"),
            summary=_("Ceux qui vous demandent un nouveau mot de passe provisoire."),
            waiting=waiting.helps,
        ),
    ]


def _services(codes: Sequence[str]) -> list[Link]:
    return [
        Link(
            label=one.label,
            address=one.address if one.address.startswith("https://") else reverse(one.address),
            summary=one.summary,
            elsewhere=one.address.startswith("https://"),
        )
        for one in catalogue.services(codes)
    ]
