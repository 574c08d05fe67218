"""``guichet``: the one command line for everything that an operator does."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import guichet

if TYPE_CHECKING:
    from guichet.cli.backup import Report

TABLE_TAKEN = "55P03"  # PostgreSQL waited for a lock as long as it was allowed to
TABLES_MISSING = {"42P01", "42703", "3F000"}  # PostgreSQL knows no such table, column or schema
RUN, DATA, PROOF, TOOLS = "Faire tourner le portail", "Données", "Contrôles et preuves", "Outils"

app = typer.Typer(
    name="guichet",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=(
        "Guichet, le portail de dépôt auprès de l’administration.\n\n"
        "Les réglages se donnent par l’environnement (GUICHET_…) : docs/howto/settings.md les explique tous."
    ),
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"guichet {guichet.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Dire la version, et finir."),
    ] = False,
) -> None:
    pass


@app.command(rich_help_panel=RUN)
def run() -> None:
    """Tout faire tourner : base de données, mises à jour, pages et tâches. Ctrl-C arrête tout."""
    from guichet.cli.run import run as run_everything

    run_everything()


@app.command(rich_help_panel=RUN)
def web() -> None:
    """Servir les pages seulement (une machine parmi plusieurs)."""
    from guichet.cli import serve
    from guichet.cli.portal import choose_settings, portal

    choose_settings()
    serve.count_together()  # before anything counts
    with portal(asked=False):  # its pages say it when the database is away, and go on when it is back
        _refuse_weak_settings()
        serve.web()


@app.command(rich_help_panel=RUN)
def worker() -> None:
    """Traiter les tâches seulement : courriels, accusés de réception, scellements…"""
    from guichet.cli import serve
    from guichet.cli.portal import portal

    with portal():
        _refuse_weak_settings()
        serve.worker()


@app.command(rich_help_panel=DATA)
def migrate() -> None:
    """Mettre à jour les tables, et donner ses droits au portail."""
    from guichet.cli import prepare
    from guichet.cli.portal import portal

    with portal(owner=True):
        done = prepare.migrate()
    typer.echo("\n".join(done.names) or "La base de données est à jour.")


@app.command(rich_help_panel=DATA)
def backup(file: Annotated[Path, typer.Argument(help="L’archive à écrire (.tar).")]) -> None:
    """Sauvegarder la base, les fichiers déposés et les certificats de scellement."""
    from guichet.cli import backup as backups
    from guichet.cli.portal import portal

    with portal(owner=True):
        report = backups.backup(file)
    _tell(file, report)


@app.command(rich_help_panel=DATA)
def restore(file: Annotated[Path, typer.Argument(help="L’archive à relire.", exists=True)]) -> None:
    """Restaurer une sauvegarde dans un portail neuf (base vide)."""
    from guichet.cli import backup as backups
    from guichet.cli.portal import portal

    with portal(owner=True):
        report = backups.restore(file)
    _tell(file, report)


@app.command(rich_help_panel=DATA)
def base_backup(folder: Annotated[Path, typer.Argument(help="Le dossier à faire.")]) -> None:
    """Copier la base intégrée : avec GUICHET_ARCHIVE_DIR, de quoi revenir à tout moment qui suit."""
    from guichet.cli import recovery
    from guichet.cli.portal import choose_settings

    choose_settings()
    recovery.base_backup(folder)
    typer.echo(f"{folder} : la base est copiée, et vérifiée.")


@app.command(rich_help_panel=DATA)
def recover(
    base: Annotated[Path, typer.Argument(help="Une copie faite par base-backup.", exists=True)],
    until: Annotated[
        str,
        typer.Option(help="« 2026-11-21 14:05:00 », heure de Paris. Sans elle : tout ce qui est archivé."),
    ] = "",
) -> None:
    """Ramener la base intégrée à un moment passé. Le portail doit être arrêté ; l’état présent est gardé."""
    from guichet.cli import recovery
    from guichet.cli.portal import choose_settings

    choose_settings()
    former = recovery.recover(base, until=until)
    typer.echo(f"La base est revenue. L’état d’avant est gardé dans {former}.")


@app.command(rich_help_panel=PROOF)
def check(
    deploy: Annotated[bool, typer.Option("--deploy", help="Aussi ce qu’exige la production.")] = False,
) -> None:
    """Vérifier les réglages, et dire quoi corriger."""
    from guichet.cli.checks import WeakSettings, findings, lines
    from guichet.cli.portal import portal

    with portal(database=False):
        if found := findings(deploy=deploy):
            raise WeakSettings(lines(found))
    typer.echo("Tout est en ordre.")


@app.command(
    rich_help_panel=TOOLS,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def django(context: typer.Context) -> None:
    """Une commande de Django : shell, dbshell, makemigrations…"""
    from guichet.cli.portal import portal

    offline = set(context.args) & {"makemigrations", "makemessages", "compilemessages", "help", "--help"}
    with portal(owner=True, database=not offline):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["guichet django", *context.args])


def _tell(file: Path, report: "Report") -> None:
    from guichet.cli.backup import ContentsMissing

    if report.missing:
        raise ContentsMissing(file=file, report=report)
    typer.echo(f"{file} : {report}")


def _refuse_weak_settings() -> None:
    from django.conf import settings

    from guichet.cli.checks import refuse_weak_settings

    if not (settings.DEMO or settings.TESTING):
        refuse_weak_settings()


def _around(**wanted: bool) -> Callable[[typer.Context], None]:
    """What runs before a room's own commands: Django, and the database if it is wanted."""

    def callback(context: typer.Context) -> None:
        if "--help" in sys.argv or context.resilient_parsing:
            return
        from guichet.cli.portal import portal

        context.with_resource(portal(**wanted))

    return callback


def _add(name: str, panel: str, **wanted: bool) -> None:
    commands: typer.Typer = import_module(f"guichet.cli.{name}").app
    app.add_typer(
        commands, name=name, rich_help_panel=panel, callback=_around(**wanted), no_args_is_help=True
    )


_add("sirene", DATA, owner=True)
_add("agents", DATA)
_add("accounts", DATA)
_add("colleagues", DATA)
_add("nomenclature", DATA)
_add("imports", PROOF)
_add("files", PROOF)
_add("pdf", PROOF, database=False)
_add("journal", PROOF)
_add("receipt", PROOF)
_add("seal", PROOF)


def main() -> None:
    """The entry point: expected refusals become a sentence and exit status 1, the rest a traceback."""
    try:
        app()
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        typer.secho(sentence, fg="red", err=True)
        sys.exit(1)


def _sentence(error: Exception) -> str | None:
    """What to tell the operator; ``None`` for what nobody expects."""
    from guichet.cli.checks import WeakSettings
    from guichet.cli.postgres import PostgresError
    from guichet.cli.run import CannotRun
    from guichet.kernel.refusals import Refusal

    if isinstance(error, Refusal | PostgresError | CannotRun | WeakSettings):
        return str(error)
    from django.db import OperationalError

    from guichet.journal.sealing import SealKeyError

    if isinstance(error, SealKeyError):
        return f"Le cachet du portail est inutilisable (GUICHET_SEAL_DIR, docs/howto/operate.md) : {error}"
    if getattr(error.__cause__, "sqlstate", None) in TABLES_MISSING:
        return "La base de données n’a pas les tables de cette version : lancez d’abord « guichet migrate »."
    if getattr(error.__cause__, "sqlstate", None) == TABLE_TAKEN:
        return (
            "Une table est occupée depuis trop longtemps : rien de cette mise à jour n’est fait. "
            "Recommencez « guichet migrate » à un moment plus calme."
        )
    if isinstance(error, OperationalError):
        return f"La base de données ne répond pas, ou refuse (GUICHET_DATABASE_URL) : {error}"
    return None


if __name__ == "__main__":
    main()
