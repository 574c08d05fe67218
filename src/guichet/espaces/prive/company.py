"""The undertaking of an exploitant or employeur: what the register tells of it to anybody."""

from dataclasses import dataclass

from guichet.entreprises import queries
from guichet.kernel.dates import in_words
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal


class UnknownCompany(Refusal):
    """Well formed, but not in the register. Params: ``siren``."""

    code = "unknown_company"
    message = N_(
        "Le numéro {siren} ne figure pas dans le répertoire Sirene que nous consultons. Relisez-le. Si votre "
        "entreprise vient d’être créée, réessayez dans quelques jours."
    )
    field = "siren"


class ClosedCompany(Refusal):
    """The register says that it has ceased; on which day, it does not always tell. Params: ``siren``."""

    code = "closed_company"
    message = N_(
        "D’après le répertoire Sirene, l’entreprise {siren} a cessé son activité. Saisissez le numéro de "
        "celle que vous dirigez ou représentez aujourd’hui ; si vous n’en avez plus, revenez à l’étape "
        "précédente et choisissez « Particulier »."
    )
    field = "siren"


class CompanyClosedOn(ClosedCompany):
    """The same, with the day. Params: ``siren``, ``day``."""

    message = N_(
        "D’après le répertoire Sirene, l’entreprise {siren} a cessé son activité le {day}. Saisissez le "
        "numéro de celle que vous dirigez ou représentez aujourd’hui ; si vous n’en avez plus, revenez à "
        "l’étape précédente et choisissez « Particulier »."
    )


@dataclass(frozen=True)
class Company:
    """``name``: the raison sociale; empty where the company refuses that it be told (diffusion « P »)."""

    siren: Siren
    name: str


def company(siren: Siren) -> Company:
    """What may be shown of ``siren`` to somebody who says that it is theirs.

    Anybody may say so: a name that the company withholds stays withheld. Raises ``UnknownCompany``,
    ``ClosedCompany``.
    """
    unite = queries.unite(siren=siren)
    if unite is None:
        raise UnknownCompany(siren=siren.grouped)
    if unite.is_closed and unite.closed_on:
        raise CompanyClosedOn(siren=siren.grouped, day=in_words(unite.closed_on))
    if unite.is_closed:
        raise ClosedCompany(siren=siren.grouped)
    return Company(siren, unite.name if unite.diffusible else "")
