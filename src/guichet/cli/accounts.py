"""``guichet accounts``: what an operator does for somebody who cannot come in."""

from typing import Annotated

import typer

app = typer.Typer(help="Les comptes des personnes qui déposent.")


@app.callback()
def _group() -> None:
    pass  # else its one command would have no name


@app.command()
def forget_answer(
    espace: Annotated[str, typer.Argument(help="Le code de l’espace : abonne, par exemple.")],
    identifier: Annotated[str, typer.Argument(help="L’identifiant de connexion de la personne.")],
) -> None:
    """Retirer la question de confiance de qui en a oublié la réponse, après avoir vérifié qui le demande.

    Toutes ses sessions sont fermées, et un message le lui dit ; elle en choisit une autre une fois connectée.
    """
    from guichet.accounts import operations
    from guichet.accounts.definitions import espaces

    door = espaces().get(espace)
    if door is None:
        raise operations.NoSuchAccount(espace=espace)
    known = door.identifier.parse(identifier)
    account = operations.forget_answer(espace=espace, identifier=known, actor="operator")
    typer.echo(f"La question de confiance de ce compte est retirée : un message part vers {account.email}.")
