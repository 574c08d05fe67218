"""What a withdrawal says to the agent: the public reads the reason, and other publications remain."""

from typing import Any

from guichet.instruction.models import Agent
from tests.web.desk.desk import published
from tests.web.people import html_of as text_of

REASON = {"motif": "autre", "text": "Publié par erreur."}


def test_the_agent_is_told_that_the_public_reads_the_reason(agent: Agent, desk: Any) -> None:
    page = f"/agents/depots/{published(agent).pk}/retirer/"
    assert "n’y écrivez aucune donnée personnelle" in text_of(desk.get(page))
    assert "Ce que liront le public et le déposant" in text_of(desk.post(page, REASON))


def test_it_is_not_said_to_be_the_last_while_others_are_published(agent: Agent, desk: Any) -> None:
    first, _second = published(agent), published(agent, 1)
    done = desk.post(
        f"/agents/depots/{first.pk}/retirer/?etat=publie", {**REASON, "envoyer": "1"}, follow=True
    )
    assert "est retiré de la publication" in text_of(done)
    assert "dernier de ce filtre" not in text_of(done)
