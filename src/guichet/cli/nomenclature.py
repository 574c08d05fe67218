"""``guichet nomenclature``: what the list of types should learn from the agents' work."""

import sys
from typing import Annotated

import typer

app = typer.Typer(help="Les types de documents, et ce que les agents y corrigent.")


@app.callback()
def _group() -> None:
    pass  # else its one command would have no name


@app.command()
def report(
    since: Annotated[str, typer.Option(help="Le premier jour : « 2026-01-31 », ou « 31/01/2026 ».")],
) -> None:
    """Dire en CSV les documents reclassés : nom saisi, type choisi, type corrigé, combien de fois."""
    from guichet.instruction import queries
    from guichet.kernel.cells import csv_lines
    from guichet.kernel.dates import parse_date

    found = queries.learned(since=parse_date(since))
    sys.stdout.writelines(csv_lines(queries.reclassification_rows(found), mark=False, end="\n"))
