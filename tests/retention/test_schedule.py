"""docs/howto/retention.md against the code: every table, every job, every duration."""

import datetime as dt
import re

import pytest
from django.apps import apps

from guichet.accounts.definitions import Retention, espaces
from guichet.accounts.operations.housekeeping import EXPLAINED_FOR
from guichet.adhesions.rules import LIST_SENT
from guichet.courriers.operations import KEPT_FOR
from guichet.depots.definitions import teleprocedures
from guichet.depots.operations.leaving import ERASED
from guichet.depots.operations.upkeep import DRAFT_LIFETIME, VOID_FILES_LIFETIME
from guichet.espaces.association.definition import ASSOCIATION
from guichet.imports.operations.upkeep import KEPT_ENDED
from guichet.jobs import tasks
from guichet.retention.rules import EXPORT_LIFETIME
from tests.consistency.sources import ROOT

PAGE = (ROOT / "docs/howto/retention.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| what ")
]


def row(beginning: str) -> list[str]:
    [found] = [cells for cells in ROWS if cells[0].startswith(beginning)]
    return found


def test_every_table_is_in_it_and_none_that_is_not() -> None:
    told = {name for cells in ROWS for name in re.findall(r"`(\w+)`", cells[1])} - {"procrastinate_jobs"}
    ours = [model for model in apps.get_models() if model.__module__.startswith("guichet.")]
    assert told == {model._meta.db_table for model in ours}


def test_every_job_is_in_the_calendar() -> None:
    told = {name for cells in ROWS for name in re.findall(r"`(\w+\.\w+)`", cells[3])}
    assert told - {"jobs.forget"} <= set(tasks.CALENDAR)
    assert "retention.execute" in told


DEFAULTS = Retention()
DURATIONS = [
    ("an idle account", DEFAULTS.idle_account, "days"),
    ("personal answers", DEFAULTS.filing, "days"),
    ("questions, answers", DEFAULTS.filing, "days"),
    ("a registration", ASSOCIATION.lifetimes.activation, "days"),
    ("links, codes", EXPLAINED_FOR, "days"),
    ("sessions", ASSOCIATION.session.absolute, "hours"),
    ("failed attempts", ASSOCIATION.lockout.window, "minutes"),
    ("drafts", DRAFT_LIFETIME, "days"),
    ("files of what expired", VOID_FILES_LIFETIME, "days"),
    ("messages: address", KEPT_FOR, "days"),
    ("lists of SIRENs", LIST_SENT, "days"),
    ("lines and files of those requests", KEPT_ENDED, "days"),
    ("mailboxes inside", DEFAULTS.filing, "days"),
    ("the copy", EXPORT_LIFETIME, "days"),
    ("the traces of jobs", dt.timedelta(hours=tasks.KEPT_HOURS), "days"),
]


@pytest.mark.parametrize(("what", "length", "unit"), DURATIONS, ids=[what for what, *_ in DURATIONS])
def test_each_duration_is_the_code_s(what: str, length: dt.timedelta | None, unit: str) -> None:
    assert length
    number = length // dt.timedelta(**{unit: 1})
    assert row(what)[2].startswith(f"{number} {unit}")


def test_the_notice_is_the_code_s() -> None:
    assert f"a notice of {DEFAULTS.notice.days}" in row("an idle account")[2]


def test_given_accounts_are_never_idle() -> None:
    for door in espaces().values():
        assert (door.retention.idle_account is None) == (not door.public)
        assert door.retention.closed_by_person == door.public


def test_every_personal_answer_of_a_sample_is_named() -> None:
    """What looks like an address in the answers is erased when its time is over."""
    for definition in teleprocedures().values():
        data, _ = definition.sample()
        # Where there are documents, the answers of the first one are named for all that there may be.
        personal = {name for name in definition.personal if not definition.documents or name.endswith("_1")}
        assert personal - {"qui_1"} <= set(data)
        assert {name for name, value in data.items() if "@" in value or "\n" in value} <= definition.personal


def test_erased_answers_can_still_be_shown() -> None:
    """Documents are described apart, each by its téléprocédure's own tests."""
    for definition in (one for one in teleprocedures().values() if not one.documents):
        data, _ = definition.sample()
        erased = {name: ERASED if name in definition.personal else value for name, value in data.items()}
        shown = {answer.value for answer in definition.answers(erased)}
        assert (ERASED in shown) == bool(definition.personal)
