"""``guichet receipt``: the receipts of filings."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Les accusés de réception signés par le portail.")


@app.command()
def verify(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="L’accusé, en PDF.")
    ],
) -> None:
    """Dire si un accusé est authentique. Le code de sortie est 1 s’il ne l’est pas."""
    from guichet.depots import receipts as depot_receipts

    report = depot_receipts.verify(file.read_bytes())
    typer.secho(f"{file} : {report.message}", fg="green" if report.ok else "red", err=not report.ok)
    if report.reference:
        label = "Référence" if report.ok else "Référence indiquée, sans garantie"
        typer.echo(f"{label} : {report.reference}", err=not report.ok)
    if report.certificate:
        typer.echo(f"Empreinte du certificat du cachet : {report.certificate}")
    raise typer.Exit(0 if report.ok else 1)
