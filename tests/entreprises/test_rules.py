"""What of the register may be shown, and what INSEE's text means: no database."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from guichet.entreprises.rules import NON_DIFFUSIBLE, NOT_GIVEN, Etablissement, UniteLegale, day
from guichet.entreprises.rules import given as text_of
from guichet.kernel.identifiers import Siren, Siret
from tests.entreprises import files

SECRET = st.sampled_from(["12 RUE SECRETE", "DUPONT", "W372000001"])
SIRET = Siret(files.siren(1) + "00017")

sieges = st.builds(
    Etablissement,
    siret=st.just(SIRET),
    name=SECRET,
    address=st.tuples(SECRET),
    postcode=SECRET,
    city=st.just("TOURS"),
    is_siege=st.just(True),
    is_closed=st.booleans(),
    diffusible=st.booleans(),
)
unites = st.builds(
    UniteLegale,
    siren=st.just(Siren(files.siren(1))),
    name=SECRET,
    sigle=SECRET,
    category_code=st.sampled_from(["9220", "1000", ""]),
    rna=SECRET,
    is_closed=st.booleans(),
    closed_on=st.none() | st.dates(),
    diffusible=st.booleans(),
    siege=st.none() | sieges,
)


@given(unites)
def test_who_refuses_diffusion_is_shown_by_number_state_and_city_alone(unite: UniteLegale) -> None:
    shown = unite.masked()
    assert shown.masked() == shown
    assert (shown.siren, shown.is_closed) == (unite.siren, unite.is_closed)
    assert (shown.name == NON_DIFFUSIBLE) is not unite.diffusible
    if not unite.diffusible:
        assert not shown.sigle + shown.rna
    if shown.siege and not (unite.diffusible and shown.siege.diffusible):
        assert shown.siege.city == "TOURS"
        assert not shown.siege.name + shown.siege.postcode + "".join(shown.siege.address)


@given(unites)
def test_who_accepts_diffusion_is_shown_whole(unite: UniteLegale) -> None:
    if unite.diffusible and (unite.siege is None or unite.siege.diffusible):
        assert unite.masked() == unite


@given(st.none() | st.text() | st.dates().map(str))
def test_what_insee_writes_as_a_date_is_one_or_none(text: str | None) -> None:
    found = day(text)
    assert found is None or isinstance(found, dt.date)


@given(st.dates())
def test_a_date_of_insee_is_read(date: dt.date) -> None:
    assert day(date.isoformat()) == date


@given(st.none() | st.just(NOT_GIVEN) | st.text())
def test_what_insee_withholds_is_empty(text: str | None) -> None:
    assert text_of(text) == ("" if text in (None, NOT_GIVEN) else text)
