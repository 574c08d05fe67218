"""The link of the e-mail (000, step 7): read by scanners, cut by mail programs, used twice, opened late."""

import datetime as dt

import pytest
from pytest_django.fixtures import Settings

from guichet.courriers.links import LinkTooLong
from guichet.depots.models import Depot
from guichet.kernel import clock
from tests.teleprocedures.filer import Filer, a_browser
from tests.web.people import html_of as text


@pytest.fixture
def waiting(filer: Filer) -> Depot:
    """A filing that waits for its confirmation."""
    return filer.filed()


def state(depot: Depot) -> str:
    return Depot.objects.get(pk=depot.pk).state


class TestTheLink:
    def test_opening_it_changes_nothing_as_mail_scanners_do(self, filer: Filer, waiting: Depot) -> None:
        scanner, link = a_browser(), filer.link(waiting)
        assert scanner.head(link).status_code == 200
        assert scanner.get(link).status_code == 200
        assert scanner.get(f"{link}/accuse-de-reception.pdf").status_code == 404
        assert state(waiting) == "a_confirmer"

    def test_the_button_confirms_without_signing_in(self, filer: Filer, waiting: Depot) -> None:
        phone, link = a_browser(), filer.link(waiting)
        page = text(phone.get(link))
        assert "Confirmer ce dépôt" in page
        assert str(waiting.reference) in page
        assert phone.post(link).url == link
        assert state(waiting) == "confirme"
        assert "Votre dépôt est confirmé" in text(phone.get(link))
        receipt = phone.get(f"{link}/accuse-de-reception.pdf")
        assert receipt["Content-Disposition"].startswith("attachment")
        assert "no-store" in receipt["Cache-Control"]

    def test_it_opens_the_receipt_for_as_long_as_it_could_confirm(self, filer: Filer, waiting: Depot) -> None:
        someone, link = a_browser(), filer.link(waiting)
        someone.post(link)
        with clock.travel(dt.timedelta(days=14, hours=23)):
            assert f'href="{link}/accuse-de-reception.pdf"' in text(someone.get(link))
            assert someone.get(f"{link}/accuse-de-reception.pdf").status_code == 200
        with clock.travel(dt.timedelta(days=15, seconds=1)):
            assert f'href="{filer.at("receipt", waiting.id)}"' in text(someone.get(link))
            late = someone.get(f"{link}/accuse-de-reception.pdf")
            assert late.url == filer.at("depot", waiting.id)
            assert someone.get(late.url).url.startswith("/association/connexion/")

    def test_a_second_use_gives_the_same_filing(self, filer: Filer, waiting: Depot) -> None:
        link = filer.link(waiting)
        filer.client.post(link)
        moment = Depot.objects.get(pk=waiting.pk).confirmed_at
        with clock.travel(dt.timedelta(days=40)):
            assert filer.client.post(link, follow=True).status_code == 200
            page = text(filer.client.get(link))
        assert "Votre dépôt est confirmé" in page
        assert "Confirmer ce dépôt</button>" not in page
        assert Depot.objects.get(pk=waiting.pk).confirmed_at == moment

    def test_it_is_short_enough_for_every_mail_program(self, filer: Filer, waiting: Depot) -> None:
        assert len("https://guichet.example" + filer.link(waiting)) < 76

    def test_none_is_made_that_a_mail_program_would_cut(self, filer: Filer, settings: Settings) -> None:
        settings.BASE_URL = "https://guichet.example".ljust(50, "e")
        with pytest.raises(LinkTooLong):
            filer.filed("31/12/2024")


class TestTheLinkThatFails:
    @pytest.mark.parametrize("cut", [1, 8, 22])
    def test_cut_in_half(self, filer: Filer, waiting: Depot, cut: int) -> None:
        link = filer.link(waiting)[:-cut]
        for answer in (filer.client.get(link), filer.client.post(link)):
            assert answer.status_code == 404
            assert "copiez-le en entier" in text(answer)
            assert "Aller à l’accueil" in text(answer)
        assert state(waiting) == "a_confirmer"

    @pytest.mark.parametrize("token", ["x", "é" * 200, "%00", "<script>", "a" * 4000])
    @pytest.mark.django_db
    def test_never_sent(self, token: str) -> None:
        answer = a_browser().get(f"/c/{token}")
        assert answer.status_code == 404
        assert "<script>" not in text(answer)

    def test_too_late(self, filer: Filer, waiting: Depot) -> None:
        link = filer.link(waiting)
        with clock.travel(dt.timedelta(days=15, seconds=1)):
            for answer in (filer.client.get(link), filer.client.post(link)):
                assert answer.status_code == 410
                assert "expiré" in text(answer)
        assert state(waiting) != "confirme"

    def test_just_in_time(self, filer: Filer, waiting: Depot) -> None:
        with clock.travel(dt.timedelta(days=14, hours=23, minutes=59)):
            filer.client.post(filer.link(waiting))
        assert state(waiting) == "confirme"

    def test_a_method_that_is_none(self, filer: Filer, waiting: Depot) -> None:
        assert filer.client.put(filer.link(waiting)).status_code == 405
