"""The transition table, walked at random as a filing would be."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from guichet.depots.states import FILED, LIVE, NUMBERED, TRANSITIONS, IllegalTransition, State, after

FINAL = {State.REFUSE, State.RETIRE, State.CADUC, State.TERMINE, State.EXPIRE, State.ABANDONNE}


class Life(RuleBasedStateMachine):
    """Whatever is tried on a filing, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.states = [State.BROUILLON]

    @rule(event=st.sampled_from(sorted(TRANSITIONS)))
    def attempt(self, event: str) -> None:
        try:
            self.states.append(after(self.states[-1], event))
        except IllegalTransition:
            assert self.states[-1] not in TRANSITIONS[event][0]

    @invariant()
    def never_confirmed_without_submission(self) -> None:
        if State.CONFIRME in self.states:
            assert self.states[self.states.index(State.CONFIRME) - 1] == State.A_CONFIRMER

    @invariant()
    def a_final_state_is_the_last(self) -> None:
        assert not FINAL & set(self.states[:-1])

    @invariant()
    def no_state_comes_back(self) -> None:
        assert len(self.states) == len(set(self.states))

    @invariant()
    def what_was_filed_is_never_lost(self) -> None:
        if State.CONFIRME in self.states:
            assert self.states[-1] in FILED

    @invariant()
    def nothing_is_decided_before_it_is_filed(self) -> None:
        decided = {State.PUBLIE, State.ACCEPTE, State.REFUSE, State.CADUC} & set(self.states)
        assert len(decided) <= 1
        assert not decided or State.CONFIRME in self.states

    @invariant()
    def only_what_took_effect_or_was_replaced_is_withdrawn(self) -> None:
        if State.RETIRE in self.states:
            assert {State.PUBLIE, State.REMPLACE} & set(self.states)

    @invariant()
    def only_what_was_accepted_ends(self) -> None:
        if State.TERMINE in self.states:
            assert State.ACCEPTE in self.states

    @invariant()
    def what_was_replaced_is_at_most_withdrawn(self) -> None:
        if State.REMPLACE in self.states:
            assert self.states[-1] in {State.REMPLACE, State.RETIRE}


TestLife = Life.TestCase


def test_every_state_can_be_reached() -> None:
    assert {target for _, target in TRANSITIONS.values()} | {State.BROUILLON} == set(State)


def test_a_live_filing_was_submitted_and_did_not_end() -> None:
    assert set(LIVE) == set(State) - {State.BROUILLON} - FINAL


def test_only_a_withdrawal_keeps_the_number_which_the_public_read() -> None:
    assert set(NUMBERED) - set(LIVE) == {State.RETIRE}


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_leaves_a_final_state(state: State) -> None:
    for event in TRANSITIONS:
        with pytest.raises(IllegalTransition):
            after(state, event)


def test_an_unknown_event_is_a_bug() -> None:
    with pytest.raises(KeyError):
        after(State.BROUILLON, "depot.other")
