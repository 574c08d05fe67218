"""Messages of doors whose messages hold none: what people type makes no link, and ours are refused."""

import pytest
from django.db import transaction

from guichet.courriers import operations, rendering, rules
from guichet.courriers.models import Courrier
from guichet.espaces.abonne.definition import ABONNE

TYPED = {
    "http://exemple.fr/gagnez": "http[:]//exemple.fr/gagnez",
    "HTTPS://exemple.fr": "HTTPS[:]//exemple.fr",
    "SARL WWW.MEUBLES.EXAMPLE": "SARL WWW[.]MEUBLES.EXAMPLE",
    "ftp://exemple.fr": "ftp[:]//exemple.fr",
    "Les Amis du Lavoir": "Les Amis du Lavoir",
}
CONTEXT = {
    "espace": ABONNE.label,
    "service": ABONNE.service,
    "identifier_label": "Adresse",
    "identifier": "a@b.example",
    "email": "n@b.example",
    "home": "",
}


@pytest.mark.parametrize(("typed", "shown"), TYPED.items())
def test_what_somebody_typed_is_shown_and_makes_no_link(typed: str, shown: str) -> None:
    assert rules.unlinked(typed) == shown
    rules.check_no_link(shown)


def test_texts_in_lists_and_mappings_are_looked_at_and_other_values_kept() -> None:
    held = {"lines": ["www.a.example", 3], "more": {"name": "http://b"}, "service": ABONNE.service}
    assert rules.unlinked(held) == {
        "lines": ["www[.]a.example", 3],
        "more": {"name": "http[:]//b"},
        "service": ABONNE.service,
    }


@pytest.mark.parametrize("text", ["http:", "voir https://a", "www.a.example", "ftp://a", "Www.A.example"])
def test_each_way_to_write_a_link_is_refused(text: str) -> None:
    with pytest.raises(rules.HoldsLink):
        rules.check_no_link(text)


@pytest.mark.parametrize("text", ["", "une adresse : a@b.example", "le site Guichet", "awww, http", "12:30"])
def test_what_is_no_link_passes(text: str) -> None:
    rules.check_no_link(text)


@pytest.mark.parametrize("name", sorted(rendering.OUR_ADDRESSES))
def test_an_address_of_the_portal_is_the_code_s_mistake(name: str) -> None:
    context = {**CONTEXT, name: "https://guichet.example/m/x"}
    with pytest.raises(rules.HoldsLink):
        rendering.render("adresse_changee", context, links=False)


@pytest.mark.django_db
def test_nothing_is_written_where_a_link_is_left() -> None:
    with pytest.raises(rules.HoldsLink), transaction.atomic():
        operations.send_email(
            to="a@b.example", template="compte_existant", about="account:x", links=False,
            context={**CONTEXT, "home": "https://guichet.example"},
        )  # fmt: skip
    assert not Courrier.objects.exists()


@pytest.mark.django_db
def test_the_variant_with_codes_is_taken_where_there_is_one() -> None:
    with transaction.atomic():
        for links in (True, False):
            for template in ("compte_existant", "adresse_changee"):
                operations.send_email(
                    to="a@b.example", template=template, context=CONTEXT, about="account:x", links=links
                )
    assert list(Courrier.objects.order_by("pk").values_list("template", flat=True)) == [
        "compte_existant", "adresse_changee", "compte_existant_par_code", "adresse_changee",
    ]  # fmt: skip
    told = [" ".join(courrier.body.split()) for courrier in Courrier.objects.order_by("pk")]
    assert ["jamais de message qui contienne" in body for body in told] == [False, False, True, True]
