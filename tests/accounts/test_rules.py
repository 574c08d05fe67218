"""Rules of passwords, counts and sessions, without a database."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.accounts import rules
from guichet.accounts.definitions import PasswordPolicy, SessionPolicy
from guichet.accounts.rules import Tally

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
POLICY = PasswordPolicy(min_length=12, max_length=128, min_score=3)


@given(st.integers(min_value=3, max_value=40))
def test_generated_passwords_can_be_copied_by_hand(length: int) -> None:
    password = rules.generated_password(length)
    assert len(password) == length
    assert not set(password) & set("0O1lIo")
    assert any(map(str.isdigit, password))
    assert any(map(str.islower, password))
    assert any(map(str.isupper, password))


def test_generated_passwords_differ() -> None:
    assert len({rules.generated_password(12) for _ in range(200)}) == 200


@pytest.mark.parametrize("typed", [" Abc1 ", "\tAbc1\r\n", "\u00a0Abc1\u202f", "\ufeffAbc1\u200b", "Abc1"])
def test_blanks_around_a_pasted_password_go(typed: str) -> None:
    assert rules.pasted(typed) == "Abc1"


@given(st.text(" \t\n\u00a0\u202f\u200b\ufeff\u3000", max_size=8), st.text("aé -\u00a0", max_size=8))
def test_a_password_is_the_same_however_it_was_copied(around: str, inside: str) -> None:
    password = f"A{inside}1"
    assert rules.pasted(around + password + around[::-1]) == password


def test_blanks_inside_a_password_and_its_case_stay() -> None:
    assert rules.pasted(" Quatre Mots sans Rapport ") == "Quatre Mots sans Rapport"


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", rules.PasswordTooShort),
        ("x7Kp!mQ2wZ9", rules.PasswordTooShort),
        ("a" * 129, rules.PasswordTooLong),
        ("azertyuiop12", rules.PasswordTooEasy),
        ("motdepasse2026", rules.PasswordTooEasy),
        ("jean-dupont75", rules.PasswordTooEasy),
        ("societe-generale", rules.PasswordTooEasy),
        ("732829320732", rules.PasswordTooEasy),
        ("lavoir-lavoir", rules.PasswordTooEasy),
        ("les-amis-du-lavoir", rules.PasswordTooEasy),
        ("LesAmisDuLavoir!", rules.PasswordTooEasy),
        ("motdepasse2024", rules.PasswordTooEasy),
        ("motdepasse-association", rules.PasswordTooEasy),
        ("soleil_decembre", rules.PasswordTooEasy),
        ("Soc1été Générale!", rules.PasswordTooEasy),
        ("tnopud-naej-75", rules.PasswordTooEasy),
        ("jean.dupont@exemple.fr", rules.PasswordTooEasy),
        ("M0tDeP@sse2026!", rules.PasswordTooEasy),
        ("L@v0irAmisDuLes", rules.PasswordTooEasy),
        ("732 829 320 732", rules.PasswordTooEasy),
        ("------------", rules.PasswordTooEasy),
    ],
)
def test_weak_passwords_are_refused_with_their_own_reason(
    password: str, refusal: type[rules.WeakPassword]
) -> None:
    own = ["732829320", "jean.dupont@exemple.fr", "Jean Dupont", "Société Générale", "75"]
    own += ["Les Amis du Lavoir", "bureau@asso.example"]
    with pytest.raises(refusal):
        rules.check_password_strength(password, policy=POLICY, own_data=own)


def test_a_long_name_with_many_small_words_is_no_password() -> None:
    name = "Les Amis de la Fontaine d’en Haut et de l’Eau du Puits"
    with pytest.raises(rules.PasswordTooEasy):
        rules.check_password_strength(name.lower().replace(" ", "-"), policy=POLICY, own_data=[name])


def test_a_cut_through_a_common_word_does_not_hide_it() -> None:
    with pytest.raises(rules.PasswordTooEasy):
        rules.check_password_strength("passwordpassword", policy=POLICY, own_data=["Asswo"])


def test_a_password_made_to_take_long_is_read_fast() -> None:
    """Many substitutions at once: zxcvbn tries them all."""
    before = time.thread_time()
    rules.check_password_strength("4@8({[<3691!|17$50+7%2" * 5, policy=POLICY, own_data=[])
    assert time.thread_time() - before < 3


@pytest.mark.parametrize(
    "password",
    [
        "lavoir-Gravier9-nuage",
        "!#$%&()*+,-./:;<",
        "x7Kp!mQ2wZ9u",
        "tulipe gravier nuage fenetre",
        "é" * 3 + "Zx8#kPq2vWm" * 11,
    ],
)
def test_good_passwords_are_taken(password: str) -> None:
    rules.check_password_strength(password, policy=POLICY, own_data=["Jean Dupont", "Les Amis du Lavoir", ""])


def test_refusals_say_how_long_it_has_to_be() -> None:
    with pytest.raises(rules.PasswordTooShort, match=r"5 caractères.*au moins 12"):
        rules.check_password_strength("abcde", policy=POLICY, own_data=[])


def test_a_session_ends_by_idleness_or_by_age() -> None:
    policy = SessionPolicy(idle=30 * MINUTE, absolute=60 * MINUTE)
    assert rules.session_end(policy, created_at=NOW, seen_at=NOW) == NOW + 30 * MINUTE
    assert rules.session_end(policy, created_at=NOW, seen_at=NOW + 29 * MINUTE) == NOW + 59 * MINUTE
    assert rules.session_end(policy, created_at=NOW, seen_at=NOW + 45 * MINUTE) == NOW + 60 * MINUTE


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_to_use_a_session_never_shortens_it_nor_keeps_it_beyond_its_age(
    first: int, more: int, age: int
) -> None:
    policy = SessionPolicy(idle=30 * MINUTE, absolute=age * MINUTE)
    seen = NOW + first * MINUTE
    end = rules.session_end(policy, created_at=NOW, seen_at=seen)
    assert (
        end <= rules.session_end(policy, created_at=NOW, seen_at=seen + more * MINUTE) <= NOW + age * MINUTE
    )


def count(tally: Tally | None, now: dt.datetime) -> Tally:
    return rules.counted(tally, limit=3, window=10 * MINUTE, now=now)


def test_the_window_begins_with_the_first_attempt() -> None:
    tally = count(count(None, NOW), NOW + 9 * MINUTE)
    assert tally == Tally(2, NOW + 10 * MINUTE)
    assert count(tally, NOW + 10 * MINUTE) == Tally(1, NOW + 20 * MINUTE)


def test_the_attempt_beyond_the_limit_starts_a_wait_that_others_do_not_lengthen() -> None:
    tally = Tally(3, NOW + MINUTE)
    locked = count(tally, NOW)
    assert locked == Tally(4, NOW + 10 * MINUTE)
    assert count(locked, NOW + 9 * MINUTE) == locked
    assert count(locked, NOW + 10 * MINUTE) == Tally(1, NOW + 20 * MINUTE)


@given(st.lists(st.integers(min_value=0, max_value=900), max_size=60))
def test_no_window_lets_more_than_twice_the_limit_through(gaps: list[int]) -> None:
    now, tally, let_through = NOW, None, []
    for gap in gaps:
        now += dt.timedelta(seconds=gap)
        tally = count(tally, now)
        if tally.count <= 3:
            let_through.append(now)
    for start in let_through:
        assert len([at for at in let_through if start <= at < start + 10 * MINUTE]) <= 6


answers = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))


@given(answers, answers)
def test_only_changed_fields_are_told_whichever_way_they_changed(
    before: dict[str, object], after: dict[str, object]
) -> None:
    told = rules.changed_fields(before, after)
    assert told == rules.changed_fields(after, before)
    assert {**before, **after} == {**before, **{name: after[name] for name in told if name in after}}
    assert (told == []) is (before == after)


def test_the_journal_is_told_the_names_of_changed_fields() -> None:
    assert rules.changed_fields({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ["b", "c"]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox sur Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604.1",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605", "Safari sur Mac"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_sessions_are_named_as_people_know_their_browsers(agent: str, name: str) -> None:
    assert rules.browser_name(agent) == name
