"""The reasons that the operator keeps."""

import pytest

from guichet.accounts.models import Account
from guichet.depots.definitions import teleprocedure, teleprocedures
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Motif, Traitement
from guichet.instruction.operations import MotifExists, UnknownMotif
from guichet.instruction.rules import MotifKind, NotAllowed, Role
from guichet.journal.models import Event
from tests.depots.factories import CODE
from tests.instruction import people

pytestmark = pytest.mark.django_db


def labels(agent: Agent, kind: MotifKind = MotifKind.REFUS) -> list[str]:
    return [motif.label for motif in queries.motifs(agent=agent, teleprocedure=CODE, kind=kind)]


def keep(agent: Agent, label: str, text: str = "Voici pourquoi.", motif_id: int | None = None) -> Motif:
    return operations.keep_motif(
        agent=agent, teleprocedure=CODE, kind=MotifKind.REFUS, label=label, text=text, motif_id=motif_id
    )


def test_the_definitions_list_is_the_first_and_comes_once(agent: Agent) -> None:
    instruction = teleprocedure(CODE).instruction
    every = [each.instruction for each in teleprocedures().values()]
    assert operations.seed_motifs() == sum(len(one.reasons) + len(one.withdrawals) for one in every)
    assert operations.seed_motifs() == 0
    assert labels(agent) == [label for label, _ in instruction.reasons]
    assert labels(agent, MotifKind.RETRAIT) == [label for label, _ in instruction.withdrawals]


def test_a_list_that_was_touched_is_left_alone(agent: Agent, supervisor: Agent) -> None:
    mine = keep(supervisor, "Le mien")
    operations.retire_motif(agent=supervisor, motif_id=mine.pk)
    operations.seed_motifs()
    assert labels(agent) == []


def test_a_reason_that_is_retired_stays_with_its_decisions(
    owner: Account, agent: Agent, supervisor: Agent
) -> None:
    motif, depot = keep(supervisor, "Illisible", "Illisible."), people.filed(owner)
    operations.refuse(agent=agent, depot_id=depot.pk, motif_id=motif.pk)
    operations.retire_motif(agent=supervisor, motif_id=motif.pk)
    assert labels(agent) == []
    assert Traitement.objects.get(pk=depot.pk).motif == motif
    kept = queries.motifs(agent=agent, teleprocedure=CODE, kind=MotifKind.REFUS, with_retired=True)
    assert kept == [motif]
    keep(supervisor, "Illisible", "Autrement.", motif.pk)  # back in use, in other words
    assert labels(agent) == ["Illisible"]
    depot.refresh_from_db()
    assert depot.decision_text == "Illisible."  # as the filer read it


def test_two_of_one_name_cannot_be_told_apart(supervisor: Agent) -> None:
    keep(supervisor, "Illisible")
    with pytest.raises(MotifExists):
        keep(supervisor, " Illisible ")
    other = keep(supervisor, "Incomplet")
    with pytest.raises(MotifExists):
        keep(supervisor, "Illisible", motif_id=other.pk)


def test_reasons_are_the_supervisors(agent: Agent, supervisor: Agent) -> None:
    motif = keep(supervisor, "Illisible")
    with pytest.raises(NotAllowed):
        keep(agent, "Autre")
    with pytest.raises(NotAllowed):
        operations.retire_motif(agent=agent, motif_id=motif.pk)
    with pytest.raises(NotAllowed):
        keep(people.agent(Role.SUPERVISEUR, "autre"), "Autre")


def test_a_reason_keeps_its_kind(supervisor: Agent) -> None:
    motif = keep(supervisor, "Illisible")
    with pytest.raises(UnknownMotif):
        operations.keep_motif(
            agent=supervisor,
            teleprocedure=CODE,
            kind=MotifKind.RETRAIT,
            label="x",
            text="y",
            motif_id=motif.pk,
        )
    with pytest.raises(UnknownMotif):
        operations.retire_motif(agent=supervisor, motif_id=0)


def test_each_change_is_journalled(supervisor: Agent) -> None:
    motif = keep(supervisor, "Illisible")
    operations.retire_motif(agent=supervisor, motif_id=motif.pk)
    operations.retire_motif(agent=supervisor, motif_id=motif.pk)
    events = Event.objects.filter(subject=f"motif:{motif.pk}").order_by("seq")
    assert [(event.kind, event.actor) for event in events] == [
        ("instruction.motif_kept", supervisor.actor),
        ("instruction.motif_retired", supervisor.actor),
    ]
