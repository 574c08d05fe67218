"""``guichet imports``: what a file of a tiers déclarant would do, without doing it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from guichet.imports.values import Line
    from guichet.portefeuilles.models import Portefeuille

app = typer.Typer(help="Les demandes par fichier des tiers déclarants.", no_args_is_help=True)


class ByFile(StrEnum):
    """What a file may ask for."""

    ETABLISSEMENTS = "etablissements"
    HABILITATIONS = "habilitations"


@app.callback()
def imports() -> None:
    """Les demandes par fichier des tiers déclarants."""


@app.command()
def check(
    kind: Annotated[ByFile, typer.Argument(help="Ce que le fichier demande.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX ou ODS.", exists=True, dir_okay=False)],
    portefeuille: Annotated[str, typer.Option(help="Le nom du portefeuille.")],
    siren: Annotated[str, typer.Option(help="Le SIREN du tiers déclarant, où plusieurs ont ce nom.")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="Aussi un objet JSON par ligne, avant.")] = False,
) -> None:
    """Dire ce qu’un fichier ferait, sans rien changer : un objet JSON (ses clés : docs/howto/imports.md).

    Code de retour : 0 si le fichier se lit, 1 s’il est refusé, 2 si la commande est mal écrite.
    """
    from guichet.imports.operations import checking
    from guichet.imports.states import Kind

    chosen = _portefeuille(portefeuille, siren)
    told = checking.check(
        portefeuille=chosen, kind=Kind(kind.value), path=file, each=_print_line if lines else None
    )
    summary = {
        "file": str(file),
        "kind": kind.value,
        "portefeuille": chosen.name,
        "siren": chosen.inscription.siren,
        "holds": not told.problem,
        "problem": told.problem,
        "message": told.message,
        "remarks": list(told.remarks),
        "designates": told.designates,
        "counts": asdict(told.counts),
    }
    _print(summary)
    if told.problem:
        raise typer.Exit(1)


def _portefeuille(name: str, siren: str) -> "Portefeuille":
    from guichet.imports.operations.checking import portefeuilles_named
    from guichet.kernel.identifiers import InvalidSiren, Siren

    try:
        found = portefeuilles_named(name=name, siren=Siren.parse(siren) if siren else "")
    except InvalidSiren as refusal:
        raise typer.BadParameter(str(refusal), param_hint="--siren") from refusal
    if not found:
        raise typer.BadParameter(f"aucun portefeuille ne s’appelle « {name} ».", param_hint="--portefeuille")
    if len(found) > 1:
        sirens = ", ".join(one.inscription.siren for one in found)
        raise typer.BadParameter(
            f"plusieurs tiers déclarants ont un portefeuille « {name} » : {sirens}. Ajoutez --siren.",
            param_hint="--portefeuille",
        )
    return found[0]


def _print_line(line: "Line") -> None:
    _print(
        {
            "line": line.numero,
            "typed": list(line.typed),
            "siret": line.siret,
            "person": line.person,
            "wishes": list(line.cells),
            "verdict": line.verdict,
            "reasons": list(line.reasons),
            "notes": list(line.notes),
        }
    )


def _print(said: Mapping[str, object]) -> None:
    typer.echo(json.dumps(said, ensure_ascii=False))
