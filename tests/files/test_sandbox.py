"""A stranger's file may do what it likes to its child; the portal and the next file don't notice."""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from guichet.files.sandbox import threads
from guichet.files.sandbox.client import Unavailable, Zygote
from guichet.files.sandbox.confinement import Limits, confine_child

REPOSITORY = str(Path(__file__).resolve().parents[2])
LIMITS = Limits(wall=5, cpu=5, memory=512)
BRIEF = Limits(wall=1, cpu=5, memory=512)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    started = Zygote("tests.files.hostile", path=[REPOSITORY], at_once=8)
    yield started
    started.stop()


def echoed(zygote: Zygote, said: str) -> bool:
    result = zygote.run("echo", {"said": said}, [], LIMITS)
    return result.ended_well and json.loads(result.answer) == [{"said": said}, []]


def test_a_task_gets_its_arguments_and_open_files(zygote: Zygote, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_text(f"contenu de {path.name}")
    with paths[0].open() as a, paths[1].open() as b:
        result = zygote.run("echo", {"un": 1}, [b.fileno(), a.fileno()], LIMITS)
    assert json.loads(result.answer) == [{"un": 1}, ["contenu de b", "contenu de a"]]


@pytest.mark.parametrize(
    ("task", "limits", "late", "status"),
    [
        ("hang", BRIEF, True, 0),
        ("hang_deaf", BRIEF, True, 0),
        ("hang_deaf", Limits(wall=8, cpu=1, memory=512), False, -signal.SIGKILL),
        ("eat", LIMITS, False, 2),
        ("crash", LIMITS, False, -signal.SIGSEGV),
        ("fail", LIMITS, False, 1),
        ("half", LIMITS, False, 3),
    ],
)
def test_a_child_that_misbehaves_ends_alone(
    task: str, limits: Limits, late: bool, status: int, zygote: Zygote
) -> None:
    zygote.warm_up()
    pid = zygote.pid
    result = zygote.run(task, {}, [], limits)
    assert (result.late, result.status, result.ended_well) == (late, status, False)
    assert echoed(zygote, "toujours là")
    assert zygote.pid == pid


def test_an_exception_is_told_to_the_log(zygote: Zygote) -> None:
    story = zygote.run("fail", {}, [], LIMITS).story
    assert "KeyError: \\'inattendu" in story
    assert "\n" not in story, "a file could write lines of its own into the log"


def test_a_child_writes_no_more_than_its_limit(zygote: Zygote, tmp_path: Path) -> None:
    path = tmp_path / "sortie"
    with path.open("wb") as out:
        result = zygote.run("flood", {}, [out.fileno()], Limits(wall=5, cpu=5, memory=512, output=1))
    assert path.stat().st_size <= 1 << 20
    assert result.ended_well  # it wrote what it could


def test_a_child_reaches_nothing(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_SECRET_KEY", "un secret")
    held = zygote.warm_up()
    reach = json.loads(zygote.run("look_around", {}, [], LIMITS).answer)
    assert "GUICHET_SECRET_KEY" not in reach["environment"]
    assert reach["descriptors"] == 4  # three standard ones, and where its answer goes
    assert reach["fork"] == "BlockingIOError"
    if "root" in held:
        assert reach["folder"] in ([], "FileNotFoundError", "PermissionError")
        assert reach["passwd"] in {"FileNotFoundError", "PermissionError"}
    if "network" in held:
        assert reach["network"] in {"OSError", "ConnectionRefusedError"}
    if "user" in held:
        assert (reach["user"], reach["kill"]) == (65534, "PermissionError")


@pytest.mark.parametrize(
    ("limits", "thread", "ran"),
    [(replace(LIMITS, threads=True), None, True), (LIMITS, "can't start new thread", False)],
)
def test_a_child_may_start_threads_where_told_and_processes_never(
    limits: Limits, thread: str | None, ran: bool, zygote: Zygote
) -> None:
    if not set(zygote.warm_up()) >= {"user"}:
        pytest.skip("the kernel's limit binds ordinary users alone")
    tried = json.loads(zygote.run("multiply", {}, [], limits).answer)
    assert tried == {
        "thread": thread,
        "ran": ran,
        "fork": "BlockingIOError",
        "spawn": "BlockingIOError",
    }


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_of_each_machine_is_sound(machine: str) -> None:
    """No line leads behind the last one, and each way ends in an answer."""
    content = threads._filter(*threads._MACHINES[machine])
    lines = list(struct.iter_unpack("<HBBI", content))
    for number, (operation, holds, does_not, _) in enumerate(lines):
        assert number + 1 + max(holds, does_not) < len(lines) or operation == threads._RETURN
    assert lines[-1][0] == threads._RETURN


def test_a_machine_that_is_not_known_allows_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert not threads.allow_threads_alone()


def test_the_portal_itself_loads_no_decoder() -> None:
    """Strangers' pictures are met by a child of the zygote alone."""
    code = "import sys; import guichet.files.checks; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"PIL", "pillow_heif", "pikepdf", "pypdfium2"} & set(done.stdout.split())


def test_the_superuser_gives_up_everything(zygote: Zygote) -> None:
    if os.geteuid():
        pytest.skip("these tests don't run as root")
    assert set(zygote.warm_up()) >= {"root", "user"}


def test_a_zygote_that_was_killed_is_replaced(zygote: Zygote) -> None:
    for _ in range(3):
        zygote.warm_up()
        killed = zygote.pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        assert echoed(zygote, "un autre")
        assert zygote.pid != killed


def test_a_zygote_killed_under_its_tasks_lets_them_begin_again(zygote: Zygote) -> None:
    zygote.warm_up()
    killed = zygote.pid
    assert killed
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(zygote.run, "hang", {}, [], BRIEF) for _ in range(4)]
        os.kill(killed, signal.SIGKILL)
        assert all(task.result().late for task in tasks)
    assert echoed(zygote, "ensuite")


@pytest.mark.parametrize("alive", [True, False])
def test_a_task_whose_zygote_died_before_it_began_ends_at_once(alive: bool) -> None:
    """The kernel's promise to end it with its parent comes too late then."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        confine_child(LIMITS, zygote=parent if alive else parent + 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == (0 if alive else -signal.SIGKILL)


def test_a_zygote_that_hangs_is_replaced(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guichet.files.sandbox.client.GRACE", -0.5)
    zygote.warm_up()
    stopped = zygote.pid
    assert stopped
    os.kill(stopped, signal.SIGSTOP)
    result = zygote.run("echo", {}, [], BRIEF)
    assert (result.ended_well, zygote.pid == stopped) == (True, False)


def test_a_zygote_that_cannot_start_is_not_a_verdict() -> None:
    absent = Zygote("tests.files.no_such_module", path=[REPOSITORY])
    with pytest.raises(Unavailable):
        absent.run("echo", {}, [], LIMITS)
    with pytest.raises(Unavailable):
        absent.warm_up()


def test_twenty_at_once_each_get_their_own_answer(zygote: Zygote) -> None:
    barrier = threading.Barrier(20)

    def one(number: int) -> bool:
        barrier.wait()
        if number % 5 == 0:
            return zygote.run("crash", {}, [], LIMITS).status == -signal.SIGSEGV
        return echoed(zygote, f"numéro {number}")

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(one, range(20)))


def test_a_forked_process_has_a_zygote_of_its_own(zygote: Zygote) -> None:
    zygote.warm_up()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        theirs.send(b"oui" if zygote.pid is None and echoed(zygote, "enfant") else b"non")
        zygote.stop()
        os._exit(0)
    os.waitpid(pid, 0)
    with ours, theirs:
        assert ours.recv(3) == b"oui"
    assert echoed(zygote, "parent")


def test_the_zygote_ends_with_its_portal_however_that_ends() -> None:
    code = (
        "import threading, time; from guichet.files.sandbox.client import Zygote; "
        f"z = Zygote('tests.files.hostile', path=[{REPOSITORY!r}]); "
        "t = threading.Thread(target=z.warm_up); t.start(); t.join(); "  # the thread that started it is gone
        "print(z.pid, flush=True); time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as portal:
        assert portal.stdout
        pidfd = os.pidfd_open(int(portal.stdout.readline()))
        portal.kill()
    ready, _, _ = select.select([pidfd], [], [], 10)
    os.close(pidfd)
    assert ready, "the zygote outlived its portal"


def test_a_zygote_whose_portal_left_while_it_started_ends_without_a_word() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.close()
    script = ["-m", "guichet.files.sandbox.zygote", str(theirs.fileno()), "tests.files.hostile", REPOSITORY]
    with theirs:
        done = subprocess.run(
            [sys.executable, *script],
            pass_fds=[theirs.fileno()],
            capture_output=True,
            check=False,
            timeout=30,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_arguments_are_small(zygote: Zygote) -> None:
    with pytest.raises(ValueError, match="small"):
        zygote.run("echo", {"said": "x" * (1 << 17)}, [], LIMITS)


def test_who_waits_too_long_for_a_turn_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guichet.files.sandbox.client.TURN_PATIENCE", 0.05)
    narrow = Zygote("tests.files.hostile", path=[REPOSITORY], at_once=1)
    try:
        with narrow._turn("echo"), pytest.raises(Unavailable):
            narrow.run("echo", {}, [], LIMITS)
        assert echoed(narrow, "place libre")
    finally:
        narrow.stop()


def test_where_memory_runs_out_the_checks_go_first(zygote: Zygote) -> None:
    zygote.warm_up()
    assert Path(f"/proc/{zygote.pid}/oom_score_adj").read_text().strip() == "1000"
