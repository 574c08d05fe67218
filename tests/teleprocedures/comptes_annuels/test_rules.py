"""The rules of the annual accounts, without a database (000, step 6)."""

import datetime as dt
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.dates import InvalidDate
from guichet.kernel.email_address import InvalidEmail
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.comptes_annuels import rules

TODAY = dt.date(2026, 3, 14)


class TestClosingDate:
    @pytest.mark.parametrize(
        "typed",
        ["31/12/2025", "31-12-2025", " 31.12.2025 ", "31 décembre 2025", "2025-12-31", "31122025"],
    )
    def test_every_usual_way_of_writing_is_understood(self, typed: str) -> None:
        assert rules.closing_date(typed, TODAY) == dt.date(2025, 12, 31)

    def test_books_closed_today_may_be_filed_today(self) -> None:
        assert rules.closing_date("14/03/2026", TODAY) == TODAY

    def test_tomorrow_is_refused_and_named(self) -> None:
        with pytest.raises(rules.ClosingDateInFuture, match="15 mars 2026"):
            rules.closing_date("15/03/2026", TODAY)

    def test_the_first_day_of_1901_is_the_first_one_accepted(self) -> None:
        assert rules.closing_date("01/01/1901", TODAY) == dt.date(1901, 1, 1)
        with pytest.raises(rules.ClosingDateTooOld, match="1900"):
            rules.closing_date("31/12/1900", TODAY)

    @pytest.mark.parametrize(
        "typed", ["", "31/02/2026", "29/02/2025", "n'importe quoi", "31/12/25", "0/1/2025"]
    )
    def test_what_is_no_date_is_refused_with_a_sentence(self, typed: str) -> None:
        with pytest.raises(InvalidDate) as refused:
            rules.closing_date(typed, TODAY)
        assert str(refused.value).endswith((".", "2025."))

    @given(st.text(max_size=60))
    def test_no_text_brings_it_down(self, typed: str) -> None:
        try:
            date = rules.closing_date(typed, TODAY)
        except Refusal:
            return
        assert rules.FIRST_CLOSING_DATE <= date <= TODAY

    @given(st.dates())
    def test_a_real_date_is_accepted_exactly_between_1901_and_today(self, date: dt.date) -> None:
        within = rules.FIRST_CLOSING_DATE <= date <= TODAY
        try:
            accepted = rules.closing_date(date.isoformat(), TODAY) == date
        except Refusal:
            accepted = False
        assert accepted is within


class TestNature:
    @pytest.mark.parametrize("text", ["initial", "rectificatif"])
    def test_the_two_of_the_guide(self, text: str) -> None:
        assert rules.nature(text) == text

    @pytest.mark.parametrize("text", ["", "Initial", "autre", "initial\x00"])
    def test_nothing_else(self, text: str) -> None:
        with pytest.raises(rules.UnknownNature):
            rules.nature(text)


class TestAddress:
    def test_blank_lines_and_margins_go(self) -> None:
        assert (
            rules.address("  12 rue des Tilleuls \r\n\n 37000 Tours ") == "12 rue des Tilleuls\n37000 Tours"
        )

    @pytest.mark.parametrize("text", ["", " \n \n"])
    def test_none_is_refused(self, text: str) -> None:
        with pytest.raises(rules.AddressMissing):
            rules.address(text)

    def test_seven_lines_of_a_hundred_signs_pass_and_not_one_more(self) -> None:
        line = "a" * rules.MAX_ADDRESS_LINE
        assert rules.address("\n".join([line] * rules.MAX_ADDRESS_LINES)).count("\n") == 6
        with pytest.raises(rules.AddressTooLong):
            rules.address("\n".join([line] * (rules.MAX_ADDRESS_LINES + 1)))
        with pytest.raises(rules.AddressTooLong, match="7 lignes de 100"):
            rules.address(line + "a")


class TestClean:
    GOOD: ClassVar = {
        "date_cloture": "31/12/2025",
        "nature": "initial",
        "adresse": "12 rue des Tilleuls\n37000 Tours",
        "courriel": " tresorier@Exemple.FR ",
    }

    def test_what_holds_is_normalised_and_stays_so(self) -> None:
        good, bad = rules.clean(self.GOOD, TODAY)
        assert not bad
        assert good["date_cloture"] == "2025-12-31"
        assert good["courriel"] == "tresorier@exemple.fr"
        assert rules.clean(good, TODAY) == (good, {})

    def test_each_field_gets_its_own_refusal(self) -> None:
        good, bad = rules.clean({}, TODAY)
        assert good == {}
        assert set(bad) == {"date_cloture", "nature", "adresse", "courriel"}
        assert isinstance(bad["courriel"], InvalidEmail)

    def test_answers_that_nobody_asked_for_are_dropped(self) -> None:
        good, _ = rules.clean({**self.GOOD, "is_admin": "1"}, TODAY)
        assert set(good) == set(self.GOOD)
