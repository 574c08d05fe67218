"""``guichet colleagues``: who is of a firm, and the way out where an impostor came first."""

from typing import Annotated

import typer

app = typer.Typer(help="Qui est reconnu parmi les comptes d’une entreprise (espace abonné).")
Number = Annotated[str, typer.Argument(help="Le numéro d’abonné de la personne.")]


@app.command(name="list")
def list_colleagues(
    siren: Annotated[str, typer.Argument(help="Le numéro SIREN de l’entreprise.")],
) -> None:
    """Dire qui se réclame d’une entreprise, et qui y est reconnu."""
    from guichet.adhesions.models import Collegue
    from guichet.adhesions.queries.colleagues import name_of
    from guichet.kernel.identifiers import Siren

    found = Collegue.objects.select_related("account").filter(siren=Siren.parse(siren))
    for row in found.order_by("account__created_at"):
        state = "reconnu" if row.recognised_at else "écarté" if row.declined_at else "en attente"
        typer.echo(f"{row.account.number} : {name_of(row.account)}, {row.account.email}, {state}")
    if not found:
        typer.echo("Personne ne se réclame de cette entreprise.")


@app.command()
def recognise(number: Number) -> None:
    """Reconnaître une personne, pièces à l’appui, quand ses collègues ne le peuvent pas."""
    _settle(number, recognised=True)
    typer.echo("Cette personne est reconnue ; un message l’en prévient.")


@app.command()
def exclude(number: Number) -> None:
    """Écarter un imposteur : il ne voit plus personne et ne reçoit plus de dossiers."""
    _settle(number, recognised=False)
    typer.echo("Cette personne est écartée ; un message l’en prévient.")


def _settle(number: str, *, recognised: bool) -> None:
    from guichet.accounts.models import Account
    from guichet.adhesions.operations import colleagues

    account = Account.objects.filter(espace="abonne", number=number.strip()).first()
    if account is None:
        raise colleagues.UnknownColleague
    colleagues.settle(account=account, recognised=recognised)
