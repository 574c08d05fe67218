"""How much at once, and how often: at the exact edge, and among threads."""

import threading

import pytest

from guichet.kernel.limits import Gate, Rate, Saturated, Shares, TooOften, network


def test_a_rate_lets_its_count_through_and_says_when_to_come_back() -> None:
    rate = Rate(count=3, seconds=60)
    for _ in range(3):
        rate.count("a", now=100)
    with pytest.raises(TooOften) as told:
        rate.count("a", now=100)
    assert (told.value.status, told.value.retry_after, told.value.params["retry_after"]) == (429, 20, 20)
    with pytest.raises(TooOften):
        rate.count("a", now=119.9)
    rate.count("a", now=120)


def test_what_was_refused_does_not_make_the_wait_longer() -> None:
    rate = Rate(count=1, seconds=10)
    rate.count("a", now=0)
    for moment in range(1, 10):
        with pytest.raises(TooOften) as told:
            rate.count("a", now=moment)
        assert told.value.retry_after == 10 - moment
    rate.count("a", now=10)


def test_each_key_has_its_own_count() -> None:
    rate = Rate(count=1, seconds=10)
    rate.count("a", now=0)
    rate.count("b", now=0)


def test_a_flood_of_keys_takes_no_more_memory_and_frees_those_that_are_paid_off_first() -> None:
    rate = Rate(count=1, seconds=10, keys=100)
    rate.count("old", now=0)
    for number in range(100):
        rate.count(f"new {number}", now=20)
    assert len(rate._paid_off) == 100
    with pytest.raises(TooOften):
        rate.count("new 0", now=20)
    for number in range(1_000):
        rate.count(f"flood {number}", now=20)
    assert len(rate._paid_off) == 100


def test_a_gate_lets_so_many_through_and_sends_the_others_away_at_once() -> None:
    gate = Gate(at_once=1, waiting=0, seconds=5)
    with gate.through():
        with pytest.raises(Saturated) as told, gate.through():
            pytest.fail("two are inside")
        assert (told.value.status, told.value.retry_after) == (503, 10)
    with gate.through():
        pass


def test_who_waits_lets_go_of_what_others_need_and_enters_when_the_place_is_free() -> None:
    gate, waiting, inside = Gate(at_once=1, waiting=1, seconds=30), threading.Event(), threading.Event()

    def come() -> None:
        with gate.through(on_wait=waiting.set):
            inside.set()

    with gate.through():
        thread = threading.Thread(target=come)
        thread.start()
        assert waiting.wait(10)
        assert not inside.is_set()
    thread.join(10)
    assert inside.is_set()


def test_who_waited_too_long_is_sent_away_and_leaves_its_place() -> None:
    gate = Gate(at_once=1, waiting=1, seconds=0.01)
    with gate.through():
        for _ in range(3):  # a place that was not given back would send the second away without a wait
            waited = threading.Event()
            with pytest.raises(Saturated), gate.through(on_wait=waited.set):
                pytest.fail("two are inside")
            assert waited.is_set()


def test_a_gate_is_free_again_after_an_error() -> None:
    gate = Gate(at_once=1, waiting=0, seconds=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.through():
            raise ZeroDivisionError


def test_shares_stop_one_key_before_the_others_and_everybody_at_the_total() -> None:
    shares = Shares(total=3, each=2, retry_after=7)
    with shares.held("a"), shares.held("a"):
        with pytest.raises(TooOften), shares.held("a"):
            pytest.fail("one key holds more than its share")
        with shares.held("b"), pytest.raises(Saturated) as told, shares.held("c"):
            pytest.fail("more places than there are")
        assert told.value.retry_after == 7
    assert not shares._held
    with shares.held("a"), shares.held("b"), shares.held("c"):
        pass


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""), ("?", "?")],
)
def test_an_ipv6_subscriber_counts_as_one(address: str, counted: str) -> None:
    assert network(address) == counted
