"""Lines, subjects, addresses and waits, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from guichet.courriers import rules
from guichet.courriers.links import LinkTooLong, link
from guichet.courriers.states import Outcome, Status, after
from guichet.kernel.tokens import TOKEN_LENGTH

LINK = "https://guichet.example/a/" + "x" * 80


@given(st.lists(st.text(alphabet="abcdé ’« »\u00a0", max_size=300), max_size=10))
def test_folding_keeps_every_word_and_no_line_is_longer_than_it_must_be(lines: list[str]) -> None:
    text = "\n".join(lines)
    folded = rules.fold(text)
    assert folded.split() == text.split()
    for line in folded.splitlines():
        assert len(line) <= rules.WIDTH or " " not in line.strip(" ")


def test_a_link_stays_whole_on_its_line() -> None:
    assert rules.fold(f"Ouvrez ce lien :\n\n{LINK}\n").splitlines() == ["Ouvrez ce lien :", "", LINK]


def test_a_folded_item_of_a_list_stays_under_its_dash() -> None:
    folded = rules.fold("- " + "mot " * 30)
    assert [line[:2] for line in folded.splitlines()] == ["- ", "  "]


@pytest.mark.parametrize("mark", ["?", "!", ":", ";", "»"])
def test_french_punctuation_stays_with_its_word(mark: str) -> None:
    for length in range(rules.WIDTH - 4, rules.WIDTH + 2):
        folded = rules.fold(f"{'a' * (length - 10)} {'b' * 7} {mark} et la suite « {'c' * 60} » fin")
        assert "\ue000" not in folded
        for line in folded.splitlines():
            assert not line.startswith(mark)
            assert not line.endswith("«")


def test_the_line_above_a_signature_keeps_its_blank() -> None:
    assert rules.fold("Fin.\n\n-- \nLe service").splitlines()[2] == "-- "


def test_paragraphs_are_separated_by_one_empty_line() -> None:
    assert rules.fold("a\n\n\n\nb") == "a\n\nb\n"


def test_subject_and_body_of_a_message() -> None:
    assert rules.split_message("\nObjet : Votre compte\n\nBonjour\n") == ("Votre compte", "Bonjour\n")


@pytest.mark.parametrize("text", ["", "Bonjour", "Bonjour\n\nObjet : trop tard", "Sujet : non\n\ncorps"])
def test_a_message_without_a_subject_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Objet"):
        rules.split_message(text)


@given(st.text(max_size=80))
def test_a_subject_is_one_line_of_printable_signs_whatever_was_put_into_it(name: str) -> None:
    subject, _ = rules.split_message(f"Objet : A {name} Z\n\ncorps")
    assert subject.splitlines() in ([], [subject])
    assert not any(ord(sign) < 32 or ord(sign) == 127 for sign in subject)


@pytest.mark.parametrize("address", ["anne@exemple.fr", "a.b+c@xn--bcher-kva.example", "o'neil@exemple.fr"])
def test_one_address_is_taken(address: str) -> None:
    assert rules.one_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anne",
        "anne@exemple.fr\nBcc: tous@exemple.fr",
        "anne@exemple.fr\r\n\r\ncorps",
        "anne@exemple.fr, bruno@exemple.fr",
        "anne@exemple.fr;bruno@exemple.fr",
        "Anne <anne@exemple.fr>",
        "anne@exemple.fr\0",
        "anne\u202e@exemple.fr",
        "anne @exemple.fr",
        "-oQ/tmp@exemple.fr",
        "a@b@exemple.fr",
    ],
)
def test_what_would_write_headers_or_name_several_people_is_refused(address: str) -> None:
    with pytest.raises(rules.UnusableAddress):
        rules.one_address(address)


def test_waits_grow_and_end() -> None:
    waits = [rules.next_wait(attempts) for attempts in range(1, 9)]
    minutes = [wait and wait / dt.timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 5, 15, 60, 240, 720, 1440, None]


def test_what_is_refused_for_good_is_tried_twice_more() -> None:
    """A relay whose settings are wrong for an hour says the same of everybody."""
    waits = [rules.next_wait(attempts, refusals=attempts) for attempts in range(1, 4)]
    assert waits == [dt.timedelta(minutes=15), dt.timedelta(hours=4), None]


@pytest.mark.parametrize(
    ("outcome", "may_retry", "status"),
    [
        (Outcome.SENT, True, Status.SENT),
        (Outcome.SENT, False, Status.SENT),
        (Outcome.DELAYED, True, Status.PENDING),
        (Outcome.DELAYED, False, Status.ABANDONED),
        (Outcome.REFUSED, True, Status.PENDING),
        (Outcome.REFUSED, False, Status.ABANDONED),
    ],
)
def test_the_fate_of_a_courrier(outcome: Outcome, may_retry: bool, status: Status) -> None:
    assert after(outcome, may_retry=may_retry) is status


@given(st.lists(st.sampled_from(Outcome), max_size=len(rules.WAITS) + 5))
def test_whatever_the_mail_server_says_a_courrier_ends_once(outcomes: list[Outcome]) -> None:
    status, attempts = Status.PENDING, []
    for outcome in outcomes:
        if status is Status.PENDING:
            attempts.append(outcome)
            refusals = attempts.count(Outcome.REFUSED) if outcome is Outcome.REFUSED else 0
            wait = rules.next_wait(len(attempts), refusals=refusals)
            status = after(outcome, may_retry=wait is not None)
    assert len(attempts) <= len(rules.WAITS) + 1 + len(rules.WAITS_AFTER_REFUSAL)
    assert attempts.count(Outcome.REFUSED) <= len(rules.WAITS_AFTER_REFUSAL) + 1
    assert Outcome.SENT not in attempts[:-1]
    assert (status is Status.SENT) is (attempts[-1:] == [Outcome.SENT])
    if status is Status.PENDING:
        assert attempts == outcomes


@given(st.text(st.sampled_from("a@.,;:<> \r\n\0\u202e-") | st.characters(), max_size=30))
def test_an_address_is_taken_as_it_is_or_not_at_all(text: str) -> None:
    try:
        assert rules.one_address(text) == text
    except rules.UnusableAddress:
        return
    assert text.count("@") == 1
    assert not any(sign.isspace() or sign in ",;<>" for sign in text)


def test_links_of_75_signs_are_made_and_no_longer_ones(settings: Settings) -> None:
    token = "t" * TOKEN_LENGTH
    settings.BASE_URL = "https://" + "g" * (rules.WIDTH - len("https://") - len("/a/") - TOKEN_LENGTH)
    assert len(link("a", token)) == 75
    settings.BASE_URL += "g"
    with pytest.raises(LinkTooLong):
        link("a", token)
