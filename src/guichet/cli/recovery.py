"""The embedded database, back at a moment of the past: a base backup, and the write-ahead log since.

For a server of one's own the same is done with its own tools: ``docs/howto/backup.md``.
"""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

from guichet.cli import portal, postgres
from guichet.kernel.clock import PARIS
from guichet.kernel.refusals import N_, Refusal

SUPERUSER = "postgres"
SIGNAL, SETTINGS = "recovery.signal", "postgresql.auto.conf"
ENDED = "base_backup_ended"  # in a base backup: before that moment it leads nowhere
WITNESS = "journal-head.json"  # of the last seal (journal.head): of seals that are no more, after a return


class NotEmbedded(Refusal):
    """The portal's database is on a server of its operator."""

    code = "recovery.not_embedded"
    message = N_(
        "GUICHET_DATABASE_URL nomme un serveur : sauvegardez-le et ramenez-le avec ses propres outils "
        "(docs/howto/backup.md)."
    )


class NoArchive(Refusal):
    """Nothing was archived: a base backup alone is of one moment."""

    code = "recovery.no_archive"
    message = N_("GUICHET_ARCHIVE_DIR n’est pas donné, ou ce dossier est vide : il n’y a rien à rejouer.")


class StillRunning(Refusal):
    """A server that runs can't be replaced under its portal."""

    code = "recovery.running"
    message = N_("La base tourne (processus {pid}) : arrêtez d’abord le portail.")


class NotAMoment(Refusal):
    """``--until`` is not a date and time."""

    code = "recovery.not_a_moment"
    message = N_("« {text} » n’est pas un moment : écrivez-le comme 2026-11-21 14:05:00.")


class TooEarly(Refusal):
    """The base backup is younger than the moment that is asked for."""

    code = "recovery.too_early"
    message = N_(
        "Cette copie a été achevée le {ended} : pour un moment plus ancien, donnez une copie antérieure."
    )


class FolderTaken(Refusal):
    """A base backup is a folder of its own."""

    code = "recovery.folder_taken"
    message = N_("{folder} existe déjà : donnez un nouveau nom à chaque copie.")


class CopyFailed(Refusal):
    """PostgreSQL's tool gave up."""

    code = "recovery.copy_failed"
    message = N_("{tool} a échoué : {why}")


def base_backup(folder: Path) -> None:
    """Copy the running database, or one that is started for it, into ``folder``, and verify the copy.

    Raises ``NotEmbedded``, ``FolderTaken``, ``CopyFailed`` and ``PostgresError``.
    """
    cluster = _cluster()
    if folder.exists():
        raise FolderTaken(folder=folder)
    with postgres.running(cluster):
        source = f"host={cluster.socket} user={SUPERUSER}"
        _tool("pg_basebackup", f"--dbname={source}", f"--pgdata={folder}", "--checkpoint=fast")
    _tool("pg_verifybackup", str(folder))
    (folder / ENDED).write_text(dt.datetime.now(dt.UTC).isoformat())


def recover(base: Path, *, until: str = "") -> Path:
    """Put the database back as it was at ``until``, or at the end of the archive; where the former one is.

    Where it fails, the former one is in its place again. Raises ``NotEmbedded``, ``NoArchive``,
    ``StillRunning``, ``NotAMoment``, ``TooEarly`` and ``PostgresError``.
    """
    cluster = _cluster()
    if cluster.archive is None or not any(cluster.archive.glob("0*")):
        raise NoArchive
    if pid := cluster.running_pid():
        raise StillRunning(pid=pid)
    moment = _moment(until) if until else None
    _reaches(base, moment)
    fresh = cluster.var / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(base, fresh)
    _keep_what_was_not_archived(cluster.data, fresh)
    _ask_for(fresh, cluster.archive, moment)
    postgres.give_all(cluster, fresh)
    return _replace(cluster, fresh)


def _cluster() -> postgres.Cluster:
    from django.conf import settings

    if not settings.EMBEDDED_POSTGRES:
        raise NotEmbedded
    return portal.cluster()


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise NotAMoment(text=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def _reaches(base: Path, moment: dt.datetime | None) -> None:
    """PostgreSQL would stop at the end of the base backup, and not say so."""
    ended = dt.datetime.fromisoformat((base / ENDED).read_text()) if (base / ENDED).exists() else None
    if moment and ended and moment < ended:
        raise TooEarly(ended=f"{ended.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}")


def _keep_what_was_not_archived(data: Path, fresh: Path) -> None:
    """The last segments of a server that was killed stand in its own folder alone."""
    for segment in (data / "pg_wal").glob("0*"):
        if segment.is_file() and not (fresh / "pg_wal" / segment.name).exists():
            shutil.copy2(segment, fresh / "pg_wal" / segment.name)


def _ask_for(fresh: Path, archive: Path, moment: dt.datetime | None) -> None:
    place = str(archive).replace("%", "%%").replace("'", "''")
    lines = [f'restore_command = \'cp "{place}/%f" "%p"\'', "recovery_target_action = 'promote'"]
    if moment:
        lines.append(f"recovery_target_time = '{moment.astimezone(dt.UTC).isoformat()}'")
    with (fresh / SETTINGS).open("a") as settings:
        settings.write("\n".join(["", *lines, ""]))
    (fresh / SIGNAL).touch()


def _replace(cluster: postgres.Cluster, fresh: Path) -> Path:
    former = cluster.var / f"postgres.avant-{dt.datetime.now(PARIS):%Y%m%d-%H%M%S}"
    if cluster.data.exists():
        cluster.data.rename(former)
    fresh.rename(cluster.data)
    try:
        with postgres.running(cluster):
            _set_witness_aside(cluster.var, former.name)
            return former
    except postgres.PostgresError:
        cluster.data.rename(cluster.var / "postgres.new")
        if former.exists():
            former.rename(cluster.data)
        raise


def _set_witness_aside(var: Path, name: str) -> None:
    """It remembers seals of the state that was left; the next seal makes another witness."""
    if (var / WITNESS).exists():
        (var / WITNESS).rename(var / f"{name}.{WITNESS}")


def _tool(name: str, *options: str) -> None:
    command = [postgres.find_binaries(_major()).path(name), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CopyFailed(tool=name, why=done.stderr.strip())


def _major() -> int | None:
    version = _cluster().data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None
