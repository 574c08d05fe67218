"""The filing of a declaration by who has the right to, for a place of their company (003, chapter 3).

Until the controls of a declaration's own format exist, its file is kept as it came, with a receipt.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.definitions import (
    UNKNOWN,
    Answer,
    Comparison,
    Data,
    FileRules,
    Instruction,
    Noun,
    Subject,
    Teleprocedure,
    Unique,
)
from guichet.depots.models import Depot
from guichet.depots.rules import held
from guichet.entreprises import queries as entreprises
from guichet.espaces.declarant.definition import SERVICE, TERMS_VERSION
from guichet.habilitations.operations import hold_right
from guichet.inscriptions import catalogue
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren, Siret
from guichet.kernel.refusals import N_
from guichet.teleprocedures.declaration import rights, rules
from guichet.teleprocedures.declaration.earlier import CODE
from guichet.teleprocedures.declaration.reasons import REASONS
from guichet.teleprocedures.declaration.rules import DECLARATION, LIEU, PERIODE, SIRET

CAPACITY = N_("Déclarant habilité")
AS_TIERS = N_("Déclarant habilité de {firm}, en qualité de tiers déclarant")
DECIDED_WITHIN = dt.timedelta(days=8)
MOST_OF_NAME = 100  # characters of a firm's, in the words of a capacity
MAX_SIZE = 20_000_000  # bytes of a file; a large company's monthly declaration has some millions


def subject(account: Account, data: Data) -> Subject:
    """The company of the établissement; in whose name, where it is a client of the account's."""
    siret = data.get(SIRET, "")
    if not siret:
        return UNKNOWN
    siren, capacity = Siret(siret).siren, _(CAPACITY)
    if account.siren not in ("", siren):
        firm = _named(Siren(account.siren))[:MOST_OF_NAME]
        capacity = _(AS_TIERS).format(firm=f"{firm} ({Siren(account.siren).grouped})")
    return Subject(siren=siren, name=_named(siren), capacity=capacity)


def _named(siren: Siren) -> str:
    unite = entreprises.unite(siren=siren)
    return unite.name if unite else siren.grouped


def clean(data: Data, today: dt.date) -> Data:
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data, today, rights.kinds()))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - whoever files
    """Any number of them: what is wrong in one may be mended by another. Raises ``KeyError``."""
    period, siret = data.get(PERIODE), data[SIRET]
    said = [catalogue.label(data[DECLARATION]), rules.in_words(period) if period else ""]
    said.append(Siret(siret).grouped if siret else "")  # a draft may have none yet
    return Unique(key="", label=", ".join(filter(None, said)), rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the filing's page and the receipt show."""
    place = data.get(LIEU) or Siret(data[SIRET]).grouped
    found = [
        Answer(label=N_("Déclaration"), value=catalogue.label(data[DECLARATION]), step="declaration"),
        Answer(label=N_("Établissement"), value=place, step="etablissement"),
    ]
    if period := data.get(PERIODE):
        found.append(Answer(label=N_("Période"), value=rules.in_words(period), step="etablissement"))
    return found


def extensions(data: Data) -> Sequence[str]:
    """Those of the declaration's files; none while nobody says which it is."""
    try:
        return catalogue.declaration(data.get(DECLARATION, "")).extensions
    except KeyError:
        return ()


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001 - the register is the other side
    """The établissement as the register has it now, for an agent."""
    found = entreprises.etablissement(siret=data[SIRET])
    typed = data.get(LIEU) or Siret(data[SIRET]).grouped
    if found is None:
        unknown = _("Inconnu du répertoire")
        return (Comparison(label=N_("Établissement"), typed=typed, register=unknown, differs=True),)
    lines = (found.name, *found.address, f"{found.postcode} {found.city}".strip())
    state = _("Fermé") if found.is_closed else ""
    known = ", ".join(line for line in (found.siret.grouped, *lines, state) if line)
    return (Comparison(label=N_("Établissement"), typed=typed, register=known, differs=found.is_closed),)


def after(depot: Depot, event: str, actor: str) -> None:  # noqa: ARG001 - whoever submits is its account
    """The right is held while the filing is submitted: one that was withdrawn in between refuses it.

    Raises ``habilitations.operations.MayNotFile``; the draft stays as it was.
    """
    if event == "depot.submitted":
        hold_right(account=depot.account, siret=depot.data[SIRET], declaration=depot.data[DECLARATION])


def legal_notice(depot: Depot) -> Sequence[str]:  # noqa: ARG001 - it is so of all of them
    """What a declaration is, and that nothing was controlled."""
    return (
        _(
            "Il s’agit d’une déclaration, et non d’une demande : elle n’appelle pas de décision. La date de "
            "réception est celle à laquelle elle a été faite."
        ),
        _(
            "Le contenu du fichier n’a pas été contrôlé par le portail. S’il ne peut pas être lu, le service "
            "vous écrit pourquoi, et vous transmettez un fichier corrigé."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers that hold, and a file, for the conformance test."""
    data = {
        DECLARATION: "dsn",
        SIRET: "00001390400016",
        LIEU: "000 013 904 00016, Exemple, 1 rue des Exemples, 37000 Tours",
        PERIODE: rules.periods(rules.MONTH, clock.today())[1],
    }
    return data, (("declaration.dsn", b"S10.G00.00.001,'Exemple'\r\n"),)


DECLARATION_SOCIALE = Teleprocedure(
    code=CODE,
    label=N_("Transmettre une déclaration"),
    summary=N_(
        "Déposez le fichier d’une déclaration pour un établissement de votre entreprise ou d’un client, et "
        "gardez-en l’accusé de réception."
    ),
    espace="declarant",
    revision="2026-1",
    service=SERVICE,
    start_url="declaration:start",
    draft_url="declaration:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=FileRules(as_is=True, extensions=extensions, max_size=MAX_SIZE, max_files=10),
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("une déclaration"),
        this=N_("cette déclaration"),
        your=N_("votre déclaration"),
        of_the=N_("de la déclaration"),
        the=N_("la déclaration"),
        listed=N_("Vos déclarations"),
    ),
    legal_notice=legal_notice,
    instruction=Instruction(
        compare=compare,
        reasons=REASONS,
        due_after=DECIDED_WITHIN,
        accepting=N_("Prendre en charge"),
        accepted=N_("Prise en charge"),
    ),
    publication=None,
    after=after,
)
