"""Who registers, as the register knows it: the établissement, its company, and the company's other places."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from guichet.entreprises import queries
from guichet.entreprises.rules import Etablissement
from guichet.kernel.identifiers import Siren, Siret
from guichet.kernel.refusals import N_, Refusal


class UnknownPlace(Refusal):
    """Well formed, but not in the register. Params: ``siret``."""

    code = "unknown_place"
    message = N_(
        "Le SIRET {siret} ne figure pas dans le répertoire Sirene que nous consultons. Relisez-le : il est "
        "sur vos bulletins de paie et sur les courriers de votre Urssaf. Si votre établissement vient "
        "d’être créé, réessayez dans quelques jours."
    )
    field = "siret"


class ClosedPlace(Refusal):
    """This établissement is closed; its company may go on elsewhere. Params: ``siret``."""

    code = "closed_place"
    message = N_(
        "D’après le répertoire Sirene, l’établissement {siret} est fermé. Saisissez le SIRET d’un "
        "établissement ouvert de votre entreprise : celui de son siège, par exemple."
    )
    field = "siret"


class ClosedCompany(Refusal):
    """The register says that the whole company has ceased. Params: ``siren``."""

    code = "closed_company"
    message = N_(
        "D’après le répertoire Sirene, l’entreprise {siren} a cessé son activité : elle ne peut plus "
        "s’inscrire. Si c’est une erreur, faites-la corriger sur formalites.entreprises.gouv.fr. Pour une "
        "dernière déclaration, contactez notre service : ses coordonnées sont sous « Aide et contact »."
    )
    field = "siret"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An établissement, with what its company lets be told: ``name`` and ``address`` may be empty.

    ``company``: the raison sociale; ``name``: the enseigne, where there is one. ``address``: whole lines.
    """

    siret: Siret
    company: str = ""
    name: str = ""
    address: tuple[str, ...] = ()
    is_siege: bool = False
    withheld: bool = False

    @property
    def siren(self) -> Siren:
        """Of its company."""
        return self.siret.siren

    @property
    def line(self) -> str:
        """The address in one line."""
        return ", ".join(self.address)

    def answers(self, wanted: str) -> bool:
        """Whether ``wanted``, a part of its number, name, street or town, is of this one."""
        compact = "".join(wanted.split())
        if compact.isdigit() and compact in self.siret:
            return True
        text = folded(f"{self.name} {self.line}")
        return all(word in text for word in folded(wanted).split())


def folded(text: str) -> str:
    """``text`` without case and accents."""
    spelt = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in spelt if not unicodedata.combining(sign))


def place(siret: Siret) -> Place:
    """The établissement where somebody says that they register: anybody may say so, so that what a company
    withholds (diffusion « P ») stays withheld. Raises ``UnknownPlace``, ``ClosedPlace``, ``ClosedCompany``.
    """
    found = queries.etablissement(siret=siret)
    unite = queries.unite(siren=siret.siren)
    if found is None or unite is None:
        raise UnknownPlace(siret=siret.grouped)
    if unite.is_closed:
        raise ClosedCompany(siren=siret.siren.grouped)
    if found.is_closed:
        raise ClosedPlace(siret=siret.grouped)
    withheld = not (unite.diffusible and found.diffusible)
    return _place(found, company=unite.name if unite.diffusible else "", withheld=withheld)


def places(siren: Siren, *, withheld: bool = False) -> Sequence[Place]:
    """The établissements of the company that are open, its siège first."""
    found = queries.etablissements(siren=siren)
    return [_place(one, withheld=withheld or not one.diffusible) for one in found if not one.is_closed]


def _place(found: Etablissement, *, company: str = "", withheld: bool) -> Place:
    whole = (*found.address, f"{found.postcode} {found.city}".strip(), found.country)
    lines = (found.city,) if withheld else whole
    return Place(
        siret=found.siret,
        company=company,
        name="" if withheld else found.name,
        address=tuple(line for line in lines if line),
        is_siege=found.is_siege,
        withheld=withheld,
    )
