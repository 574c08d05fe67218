"""``guichet pdf``: what the portal thinks of PDF files, without filing them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import django
import typer
from django.apps import apps

app = typer.Typer(help="Examiner des fichiers PDF comme le fait le guichet.", no_args_is_help=True)


@dataclass(frozen=True, kw_only=True)
class _Rules:
    max_size: int
    max_pages: int
    media_types: tuple[str, ...] = ("application/pdf",)


@app.callback()
def pdf() -> None:
    """Examiner des fichiers PDF comme le fait le guichet."""


def _regular(files: list[Path]) -> list[Path]:
    """A pipe or a device may never end, and the checks read a file from its start, twice."""
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"« {file} » n’est pas un fichier ordinaire.")
    return files


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Les fichiers à examiner.", exists=True, dir_okay=False, callback=_regular, metavar="FILE…"
        ),
    ],
    max_size: Annotated[int, typer.Option(help="Taille la plus grande, en octets.")] = 20_000_000,
    max_pages: Annotated[int, typer.Option(help="Nombre de pages le plus grand.")] = 500,
) -> None:
    """Dire de chaque fichier s’il serait accepté : un objet JSON par ligne.

    Clés : file, verdict (accepted, refused), reason (un code stable), message, pages, changes.
    """
    if not apps.ready:
        django.setup()
    from guichet.files import checks

    rules = _Rules(max_size=max_size, max_pages=max_pages)
    for file in files:
        verdict = asdict(checks.check(file, rules=rules))
        del verdict["media_type"]
        typer.echo(json.dumps({"file": str(file), **verdict}, ensure_ascii=False))
