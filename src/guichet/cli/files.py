"""``guichet files``: the contents that were filed."""

import typer

app = typer.Typer(help="Les fichiers déposés : sont-ils là, tels qu’ils sont venus ?")


@app.callback()
def _several() -> None:
    """So that « verify » is named, although it is the only command."""


@app.command()
def verify() -> None:
    """Relire chaque fichier et le comparer à son empreinte. Le code de sortie est 1 si l’un d’eux manque."""
    from guichet.files import queries
    from guichet.files.models import StoredFile

    sound, bad = 0, 0
    for sha256 in StoredFile.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2_000):
        if (verdict := queries.verify(sha256=sha256)) == "sound":
            sound += 1
        else:
            bad += 1
            typer.echo(f"{sha256} : {'absent' if verdict == 'missing' else 'altéré'}", err=True)
    if bad:
        typer.secho(f"{bad} fichiers manquent ou sont altérés, {sound} sont intacts.", fg="red", err=True)
        raise typer.Exit(1)
    typer.echo(f"{sound} fichiers relus, tous intacts.")
