"""What the sample of any téléprocédure needs to be filed: an account of its espace, and a register."""

from pathlib import Path

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.depots.definitions import Teleprocedure
from guichet.entreprises.operations import import_sirene
from guichet.kernel.refusals import Refusal
from tests.depots import declarants, factories
from tests.depots.documents import WITH_DOCUMENTS
from tests.depots.small import ALL
from tests.entreprises import files as sirene

PROFILE = {"contact": "Camille Exemple", "phone": "0199000000", "siren": factories.SIRENS[0]}


def every_code(registered: list[str]) -> list[str]:
    """The codes of the portal's téléprocédures, then of the tests' own, which show every way of filing."""
    return [*sorted(registered), *sorted([*ALL, WITH_DOCUMENTS.code])]


def filer_of(definition: Teleprocedure) -> Account:
    """Somebody of its espace, whose identifier is what that espace takes."""
    if definition.espace == declarants.DOOR:
        return declarants.filer_of(definition)
    account = factories.account(espace=definition.espace)
    account.profile = {**account.profile, **PROFILE}
    try:
        espace(definition.espace).identifier.parse(account.identifier)
    except Refusal:
        account.identifier = account.email
    account.save()
    return account


def put_in_register(siren: str, folder: Path) -> None:
    """A register in which the unit ``siren`` alone stands, with its siège; a person stands in none."""
    if not siren:
        return
    rank = int(siren[:8]) - int(sirene.siren(0)[:8])
    units, places = folder / "unites.csv", folder / "etablissements.csv"
    import_sirene(
        unites=sirene.write(units, [sirene.unite(rank, name="CLIENT DU CABINET")]),
        etablissements=sirene.write(places, [sirene.etablissement(rank)]),
    )
