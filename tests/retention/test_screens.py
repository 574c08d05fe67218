"""« Vos données »: the copy, how long what is kept, and closing the account."""

import datetime as dt
import io
import zipfile

import pytest

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import is_closed
from guichet.kernel import clock
from guichet.retention import operations
from guichet.retention.models import Export
from guichet.retention.rules import EXPORT_AGAIN
from tests.depots import factories
from tests.web.people import PASSWORD, Answer, an_association, signed_in, text_of

pytestmark = pytest.mark.django_db
DATA, COPY, CLOSE = (
    "/association/vos-donnees/",
    "/association/vos-donnees/copie/",
    "/association/fermer-le-compte/",
)


def test_one_asks_for_a_copy_waits_and_takes_it() -> None:
    account = an_association()
    client = signed_in(account)
    assert "Préparer une copie de mes données" in text_of(client.get(DATA))
    assert client.post(DATA)["Location"] == DATA
    assert "se prépare" in text_of(client.get(DATA))
    assert client.get(COPY).status_code == 404
    operations.build_export(account_id=str(account.pk))
    assert "Télécharger la copie" in text_of(client.get(DATA))
    answer: Answer = client.get(COPY)
    assert "attachment" in answer["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert account.email in archive.read("vos-donnees.json").decode()


def test_a_new_copy_is_offered_once_it_would_be_made() -> None:
    account = an_association()
    operations.ask_export(account=account)
    operations.build_export(account_id=str(account.pk))
    assert "nouvelle copie" not in text_of(signed_in(account).get(DATA))
    with clock.travel(EXPORT_AGAIN + dt.timedelta(seconds=1)):
        assert "nouvelle copie" in text_of(signed_in(account).get(DATA))


def test_a_copy_is_nobody_else_s() -> None:
    account = an_association()
    operations.ask_export(account=account)
    operations.build_export(account_id=str(account.pk))
    other = signed_in(an_association(identifier="443061841", email="autre@asso.example"))
    assert other.get(COPY).status_code == 404
    assert "Télécharger la copie" not in text_of(other.get(DATA))
    assert Export.objects.count() == 1


def test_the_page_tells_how_long_what_is_kept() -> None:
    page = text_of(signed_in(an_association()).get(DATA))
    assert "Après 3 ans sans connexion" in page
    assert "60 jours plus tard" in page
    assert "10 ans après le dernier changement" in page


def test_closing_says_what_goes_and_what_stays() -> None:
    account = an_association()
    factories.confirmed(account)
    factories.submitted(account, date="2023-12-31")
    factories.draft(account, date="2022-12-31")
    page = text_of(signed_in(account).get(CLOSE))
    assert "1 brouillon, avec ses fichiers" in page
    assert "1 dépôt qui attend votre confirmation : il est annulé" in page
    assert "1 dépôt, avec ses fichiers et son accusé de réception" in page
    assert "RGPD, article 17" in page
    assert "1 dépôt est encore examiné" in page


@pytest.mark.parametrize("typed", ["", "pas-le-bon-mot-de-passe"])
def test_without_the_password_nothing_is_closed(typed: str) -> None:
    account = an_association()
    answer = signed_in(account).post(CLOSE, {"current": typed})
    assert answer.status_code == 422
    assert "Erreur" in text_of(answer)
    account.refresh_from_db()
    assert not is_closed(account)


def test_once_closed_one_is_out_and_told_so() -> None:
    account = an_association()
    client = signed_in(account)
    answer = client.post(CLOSE, {"current": PASSWORD})
    assert answer["Location"] == "/association/compte-ferme/"
    assert "Compte fermé" in text_of(client.get(answer["Location"]))
    assert client.get(DATA).status_code == 302, "to the sign-in page"
    assert is_closed(Account.objects.get(pk=account.pk))


def test_other_browsers_are_out_as_well() -> None:
    account = an_association()
    here, elsewhere = signed_in(account), signed_in(account)
    here.post(CLOSE, {"current": PASSWORD})
    assert elsewhere.get(DATA).status_code == 302


def test_a_second_click_finds_the_door_closed() -> None:
    account = an_association()
    client = signed_in(account)
    client.post(CLOSE, {"current": PASSWORD})
    assert client.post(CLOSE, {"current": PASSWORD}).status_code == 302
