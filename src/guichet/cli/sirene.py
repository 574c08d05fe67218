"""``guichet sirene``: the register of the unités légales."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from guichet.entreprises.operations import FileReport, ImportReport

app = typer.Typer(help="Le répertoire Sirene : unités légales et établissements.", no_args_is_help=True)

STAGES = {
    "unite": "Unités légales",
    "etablissement": "Établissements",
    "search": "Recherche par nom",
}


@app.callback()
def sirene() -> None:
    """Le répertoire Sirene : unités légales et établissements."""


@app.command("import")
def import_(
    unites: Annotated[
        Path, typer.Argument(help="StockUniteLegale : fichier CSV de l’Insee, ou .zip ou .gz.")
    ],
    etablissements: Annotated[
        Path | None,
        typer.Argument(help="StockEtablissement. Sans lui, les établissements restent tels quels."),
    ] = None,
) -> None:
    """Remplacer le répertoire, d’un seul coup. Un fichier inutilisable ne change rien et dit pourquoi."""
    from procrastinate.contrib.django import app as app_of_jobs

    from guichet.entreprises.operations import import_sirene

    with _progress() as tell:
        report = import_sirene(unites=unites, etablissements=etablissements, progress=tell)
    for line in _told(report):
        typer.echo(line)
    # What changed for the companies that declare: written in the background, announced to their people.
    app_of_jobs.configure_task("inscriptions.sync_etablissements").defer()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description:18}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES[stage])
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _told(report: "ImportReport") -> Iterator[str]:
    yield _line("Unités légales", report.unites)
    if report.etablissements:
        yield _line("Établissements", report.etablissements)
    else:
        yield "Établissements : inchangés (aucun fichier donné)."
    yield (
        f"Répertoire en service après {_seconds(report.seconds)}, "
        f"recherche par nom à jour {_seconds(report.search_seconds)} plus tard."
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}s"


def _line(label: str, report: "FileReport") -> str:
    lines = f"{report.lines:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    skipped = f" (laissées de côté pour leur numéro mal formé : {report.skipped})" if report.skipped else ""
    return f"{label} : {lines}{skipped}."
