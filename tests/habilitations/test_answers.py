"""May she file, and why (not): each reason in its order, what to do and whom to ask; now and then."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from guichet.habilitations import operations, queries
from guichet.habilitations.operations import MayNotFile, hold_right
from guichet.habilitations.rules import Reason, Wanted
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.operations import NotAdministrateur
from guichet.kernel import clock
from tests.inscriptions import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def company() -> Inscription:
    return world.company(places=2)


@pytest.fixture
def admin(company: Inscription) -> Acteur:
    return world.administrateur(company, "Lila Exemple")


@pytest.fixture
def omar(company: Inscription) -> Acteur:
    return world.declarant(company, "Omar Exemple")


def give(admin: Acteur, to: Acteur, *, on: bool = True, place: int = 0) -> None:
    siret = world.sirets(admin.inscription)[place]
    operations.apply(by=admin, wanted=[Wanted(acteur_id=to.pk, siret=siret, declaration="dsn", on=on)])


def ask(acteur: Acteur, **known: Any) -> Any:
    said = {"siret": acteur.inscription.siret, "declaration": "dsn", **known}
    return queries.may_file(account=acteur.account, **said)


def test_the_reasons_come_in_the_order_in_which_they_are_mended(
    company: Inscription, admin: Acteur, omar: Acteur
) -> None:
    """Everything is wrong at first; each turn mends the reason that was told."""
    late = world.company(places=1, ticked=0, declarations=(), registered=False)
    boss = world.administrateur(late, "Odile Exemple")
    candidate = world.candidate(late, "Zoé Nouvelle")
    siret = late.siret
    late.etablissements.all().delete()

    def chosen() -> None:
        late.declarations.create(
            code="dsn", added_at=clock.now(), added_by="system", opens_at=clock.now() + DAY
        )

    def seen() -> None:
        late.etablissements.create(siret=siret, found_at=clock.now(), closed_at=clock.now())

    def as_acteur(**values: Any) -> Callable[[], object]:
        return lambda: Acteur.objects.filter(pk=candidate.pk).update(**values)

    mends: list[tuple[Reason, Callable[[], object]]] = [
        (
            Reason.CANDIDATE,
            as_acteur(began_at=clock.now(), administrateur=True),
        ),
        (Reason.NOT_DECLARANT, as_acteur(declarant=True, administrateur=False)),
        (Reason.DECLARATION_NOT_CHOSEN, chosen),
        (Reason.NOT_OPEN_YET, lambda: late.declarations.update(opens_at=clock.now())),
        (Reason.ETABLISSEMENT_UNKNOWN, seen),
        (Reason.ETABLISSEMENT_UNTICKED, lambda: late.etablissements.update(ticked_at=clock.now())),
        (Reason.NO_RIGHT, lambda: give(boss, candidate)),
        (Reason.ETABLISSEMENT_CLOSED, lambda: late.etablissements.update(closed_at=None)),
    ]
    assert ask(candidate, siret="x\0").reason == Reason.CANDIDATE
    for reason, mend in mends:
        answer = ask(candidate, siret=siret)
        assert (answer.reason, answer.ok) == (reason, reason == Reason.ETABLISSEMENT_CLOSED)
        assert answer.sentence.endswith(".")
        mend()
    assert ask(candidate, siret=siret).reason == Reason.OK
    nobody = world.account(siret)
    assert queries.may_file(account=nobody, siret=siret, declaration="dsn").reason == Reason.NO_INSCRIPTION


def test_it_says_whom_to_ask(company: Inscription, admin: Acteur, omar: Acteur) -> None:
    assert "Votre administrateur, Lila Exemple, peut vous le donner." in ask(omar).sentence
    world.administrateur(company, "Odile Exemple")
    assert "(Lila Exemple, Odile Exemple) peut vous le donner." in ask(omar).sentence
    assert "vous le donner vous-même" in ask(admin).sentence
    assert "Lila Exemple, Odile Exemple) peut le faire." in ask(omar, declaration="ducs").sentence
    Acteur.objects.filter(administrateur=True).update(ended_at=clock.now(), ended_by="system")
    assert "plus d’administrateur" in ask(omar).sentence


def test_it_says_since_when_and_by_whom(admin: Acteur, omar: Acteur) -> None:
    give(admin, omar)
    answer = ask(omar)
    assert (answer.ok, answer.given_by) == (True, "Lila Exemple")
    assert abs(answer.since - clock.now()) < dt.timedelta(minutes=1)
    assert "par Lila Exemple" in answer.sentence


def test_an_access_opens_to_the_second(company: Inscription, admin: Acteur, omar: Acteur) -> None:
    give(admin, omar)
    opens_at = clock.now() + 8 * DAY
    company.declarations.update(opens_at=opens_at)
    with clock.travel(8 * DAY - dt.timedelta(seconds=1) - (clock.now() - (opens_at - 8 * DAY))):
        answer = ask(omar)
        assert (answer.reason, answer.opens_at) == (Reason.NOT_OPEN_YET, opens_at)
    with clock.travel(8 * DAY):
        assert ask(omar).ok


def test_a_candidate_is_nobody_from_the_second_on_in_which_it_lapses(company: Inscription) -> None:
    late = world.candidate(company)
    with clock.travel(late.candidature.lapses_at - world.SECOND - clock.now()):
        assert ask(late).reason == Reason.CANDIDATE
    with clock.travel(late.candidature.lapses_at - clock.now()):
        assert ask(late).reason == Reason.NO_INSCRIPTION


@pytest.mark.usefixtures("admin")
def test_a_candidate_learns_no_name(company: Inscription) -> None:
    """Anybody becomes a candidate of a company whose SIREN they type."""
    assert "Lila" in ask(world.declarant(company, "Omar Exemple")).sentence
    answer = ask(world.candidate(company, "Zoé Nouvelle"))
    assert answer.reason == Reason.CANDIDATE
    assert "Lila" not in answer.sentence


def test_one_query_whether_one_may_or_is_told_whom_to_ask(
    admin: Acteur, omar: Acteur, assert_queries: Any
) -> None:
    with assert_queries(1):
        ask(omar)
    give(admin, omar)
    with assert_queries(1):
        ask(omar)
    with assert_queries(1):
        ask(omar, at=clock.now())


def test_the_past_answers_from_history(company: Inscription, admin: Acteur, omar: Acteur) -> None:
    for hour, on in enumerate((True, False, True), start=1):
        with clock.travel(dt.timedelta(hours=hour)):
            give(admin, omar, on=on)
    moments = list(company.changements.order_by("at").values_list("at", flat=True))
    then = [ask(omar, at=moment).reason for moment in moments]
    assert then == [Reason.OK, Reason.NO_RIGHT, Reason.OK]
    before = [ask(omar, at=moment - dt.timedelta(microseconds=1)).reason for moment in moments]
    assert before == [Reason.NO_RIGHT, Reason.OK, Reason.NO_RIGHT]
    assert ask(omar, at=omar.created_at - DAY).reason == Reason.NO_INSCRIPTION
    world.ended(omar)
    assert ask(omar).reason == Reason.NO_INSCRIPTION
    assert ask(omar, at=omar.created_at).reason == Reason.NO_RIGHT


def test_a_declaration_counts_as_it_was_then(company: Inscription, admin: Acteur, omar: Acteur) -> None:
    give(admin, omar)
    row = company.declarations.get(code="dsn")
    moment = clock.now() + DAY
    row.removed_at, row.removed_by = moment, "system"
    row.save()
    assert ask(omar).reason == Reason.DECLARATION_NOT_CHOSEN
    assert ask(omar, at=moment - dt.timedelta(seconds=1)).ok
    assert ask(omar, at=moment).reason == Reason.DECLARATION_NOT_CHOSEN
    holders = {at: queries.who_could_file(acteur=admin, siret=company.siret, declaration="dsn", at=at)
               for at in (moment - dt.timedelta(seconds=1), moment)}  # fmt: skip
    assert [len(each) for each in holders.values()] == [1, 0]


def test_a_colleague_is_explained_to_administrateurs_alone(
    company: Inscription, admin: Acteur, omar: Acteur
) -> None:
    known: dict[str, Any] = {"siret": company.siret, "declaration": "dsn"}
    answer = queries.explain(acteur=admin, acteur_id=omar.pk, **known)
    assert (answer.reason, "Omar Exemple" in answer.sentence) == (Reason.NO_RIGHT, True)
    give(admin, omar)
    assert queries.explain(acteur=admin, acteur_id=omar.pk, **known).ok
    assert (
        "Omar Exemple pouvait"
        in queries.explain(acteur=admin, acteur_id=omar.pk, at=clock.now(), **known).sentence
    )
    stranger = world.declarant(world.company(registered=False))
    for pk in (stranger.pk, 0, -1, 2**70):
        assert queries.explain(acteur=admin, acteur_id=pk, **known).reason == Reason.NOT_ACTEUR
    with pytest.raises(NotAdministrateur):
        queries.explain(acteur=omar, acteur_id=admin.pk, **known)


def test_a_right_is_held_by_whoever_has_it(company: Inscription, admin: Acteur, omar: Acteur) -> None:
    known: dict[str, Any] = {"account": omar.account, "siret": company.siret, "declaration": "dsn"}
    with pytest.raises(MayNotFile, match="Votre administrateur, Lila Exemple") as refused:
        hold_right(**known)
    assert (refused.value.status, refused.value.params["reason"]) == (403, Reason.NO_RIGHT)
    give(admin, omar)
    assert hold_right(**known).acteur_id == omar.pk
    company.declarations.update(opens_at=clock.now() + DAY)
    with pytest.raises(MayNotFile):
        hold_right(**known)
