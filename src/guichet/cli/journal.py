"""``guichet journal``: the journal of evidence."""

import typer

app = typer.Typer(help="Le journal : ce qui s’est passé, et la preuve que rien n’y a été changé.")


@app.command()
def verify() -> None:
    """Recalculer tout le journal. Le code de sortie est 1 si quelque chose ne tient pas."""
    from guichet.journal import verification

    report = verification.verify()
    read = f"{report.events} événements et {report.seals} scellements relus"
    if report.ok:
        typer.echo(f"Le journal est intact : {read}, {report.unsealed} événements pas encore scellés.")
        _tell_what_is_not_known(report.unsealed)
        return
    typer.secho("LE JOURNAL N’EST PAS INTACT.", fg="red", bold=True, err=True)
    typer.echo(f"{report.first_bad} : {verification.REASONS[report.reason]}.", err=True)
    typer.echo(f"Lecture arrêtée là : {read}.", err=True)
    raise typer.Exit(1)


def _tell_what_is_not_known(unsealed: int) -> None:
    """What nothing proves yet: events that no seal covers, and an end that nobody remembers."""
    from guichet.journal import head

    if unsealed:
        typer.echo(
            "De ceux-ci, seul l’enchaînement est prouvé : qui possède la base pourrait les avoir réécrits ou "
            "effacés. « guichet journal seal » les scelle."
        )
    if head.known() is None:
        typer.echo(
            f"Aucun témoin hors de la base ({head.path()}) : rien ne dit si des scellements ont été effacés "
            "à la fin."
        )


@app.command()
def seal() -> None:
    """Sceller maintenant les événements qui ne le sont pas encore."""
    from guichet.journal import operations

    made = operations.seal()
    typer.echo(f"Scellement {made.seq} : {made.count} événements." if made else "Rien n’a été scellé.")
