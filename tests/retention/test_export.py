"""The copy of a person's data: whole, theirs alone, explained, and gone after a week."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier, Pli
from guichet.depots import receipts
from guichet.files import operations as store
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.instruction.models import Message, MessageFile
from guichet.kernel import clock
from guichet.retention import operations, personal, queries
from guichet.retention.models import Export
from guichet.retention.rules import EXPORT_AGAIN, file_name
from tests.depots import factories


def archive(account: Account) -> zipfile.ZipFile:
    operations.ask_export(account=account)
    operations.build_export(account_id=str(account.pk))
    copy = queries.export_of(account=account)
    assert copy
    with files.open_stored(sha256=copy.sha256) as content:
        return zipfile.ZipFile(io.BytesIO(content.read()))


def data(account: Account) -> Any:
    return json.loads(archive(account).read("vos-donnees.json"))


def test_everything_about_the_person_is_in_it(account: Account) -> None:
    depot = factories.confirmed(account)
    Message.objects.create(depot=depot, text="Où est la page 3 ?", at=clock.now())
    told = data(account)
    assert told["compte"]["adresse_electronique"] == account.email
    assert told["compte"]["coordonnees"] == account.profile
    [filing] = told["depots"]
    assert (filing["reference"], filing["reponses"]) == (depot.reference, depot.data)
    assert filing["echanges"][0]["texte"] == "Où est la page 3 ?"
    assert {event["nature"] for event in filing["journal"]} >= {"depot.submitted", "depot.confirmed"}
    assert {courrier["destinataire"] for courrier in filing["courriers"]} == {account.email}


def test_the_mailbox_and_the_files_of_exchanges_are_in_it(account: Account) -> None:
    depot, content = factories.confirmed(account), factories.pdf()
    stored = store.keep_bytes(content=content, media_type="application/pdf")
    message = Message.objects.create(depot=depot, text="La voici.", at=clock.now())
    MessageFile.objects.create(message=message, name="deux.pdf", stored=stored, size=stored.size, pages=1)
    Pli.objects.create(
        box=account.subject, about=depot.evidence, template="essai", subject="S", body="B",
        created_at=clock.now(),
    )  # fmt: skip
    copy = archive(account)
    told = json.loads(copy.read("vos-donnees.json"))
    assert [(pli["objet"], pli["texte"], pli["lu_le"]) for pli in told["messagerie"]] == [("S", "B", None)]
    [said] = told["depots"][0]["echanges"]
    assert (said["fichier"]["nom"], said["fichier"]["pages"]) == ("deux.pdf", 1)
    assert copy.read(said["fichier"]["dans_l_archive"]) == content
    StoredFile.objects.filter(pk=stored.pk).update(scan="infected", scanned_at=clock.now())
    with clock.travel(EXPORT_AGAIN * 2):
        [said] = data(account)["depots"][0]["echanges"]
    assert (said["fichier"]["dans_l_archive"], said["fichier"]["absent"]) == (None, "virus")


def test_files_and_receipt_are_as_they_were_sent(account: Account) -> None:
    depot = factories.confirmed(account)
    proof = receipts.ensure(depot_id=depot.pk)
    copy = archive(account)
    [filing] = json.loads(copy.read("vos-donnees.json"))["depots"]
    for file in filing["fichiers"]:
        assert hashlib.sha256(copy.read(file["dans_l_archive"])).hexdigest() == file["sha256"]
    pdf = copy.read(filing["accuse_de_reception"])
    assert hashlib.sha256(pdf).hexdigest() == proof.stored_id
    assert receipts.verify(pdf).ok


def test_it_holds_nothing_of_somebody_else(account: Account) -> None:
    other = factories.account(siren=factories.SIRENS[1])
    factories.confirmed(other)
    copy = archive(account)
    everything = b"".join(copy.read(name) for name in copy.namelist())
    assert other.email.encode() not in everything
    assert str(other.pk).encode() not in everything


def test_it_holds_no_secret_that_still_works(account: Account) -> None:
    depot = factories.submitted(account)
    token = factories.token_of(depot)
    copy = archive(account)
    everything = b"".join(copy.read(name) for name in copy.namelist())
    assert token.encode() not in everything
    assert account.password.encode() not in everything


def test_what_the_antivirus_holds_back_is_named_and_left_out(account: Account) -> None:
    depot = factories.submitted(account)
    StoredFile.objects.update(scan=StoredFile.Scan.INFECTED, scanned_at=clock.now())
    copy = archive(account)
    [filing] = json.loads(copy.read("vos-donnees.json"))["depots"]
    assert {file["absent"] for file in filing["fichiers"]} == {"virus"}
    assert not [name for name in copy.namelist() if str(depot.reference) in name]


def test_every_name_is_explained(account: Account) -> None:
    factories.confirmed(account)
    copy = archive(account)
    told = json.loads(copy.read("vos-donnees.json"))
    assert {name for name in personal.GUIDE if "." not in name} == set(told)
    nested = {name.split(".")[1] for name in personal.GUIDE if "." in name} - {"absent"}
    assert nested <= set(told["depots"][0])
    assert all(name in copy.read("LISEZ-MOI.txt").decode() for name in personal.GUIDE)


def test_the_person_is_told_and_the_link_needs_a_session(account: Account) -> None:
    archive(account)
    letter = Courrier.objects.get(template="retention/copie_prete")
    assert letter.recipient == account.email
    assert f"{settings.BASE_URL}/association/vos-donnees/" in letter.body


def test_asking_twice_makes_one(account: Account) -> None:
    operations.ask_export(account=account)
    operations.ask_export(account=account)
    assert ProcrastinateJob.objects.filter(task_name="retention.build_export").count() == 1


def test_a_new_copy_replaces_one_that_is_over_an_hour_old(account: Account) -> None:
    archive(account)
    first = Export.objects.get().stored_id
    with clock.travel(EXPORT_AGAIN - dt.timedelta(seconds=30)):
        operations.ask_export(account=account)
        assert Export.objects.get().stored_id == first
    with clock.travel(EXPORT_AGAIN + dt.timedelta(seconds=30)):
        archive(account)
    assert Export.objects.get().stored_id != first
    assert not StoredFile.objects.filter(pk=first).exists()


def test_a_job_that_runs_twice_makes_one(account: Account) -> None:
    archive(account)
    before = Export.objects.get().stored_id
    operations.build_export(account_id=str(account.pk))
    assert Export.objects.get().stored_id == before
    assert Courrier.objects.filter(template="retention/copie_prete").count() == 1


def test_a_copy_that_nobody_waits_for_any_more_is_not_made(account: Account) -> None:
    operations.ask_export(account=account)
    Export.objects.all().delete()
    operations.build_export(account_id=str(account.pk))
    assert not StoredFile.objects.exists()


def test_a_job_that_was_lost_is_enqueued_again(account: Account) -> None:
    operations.ask_export(account=account)
    jobs = ProcrastinateJob.objects.filter(task_name="retention.build_export", status="todo")
    with clock.travel(dt.timedelta(hours=2)):
        operations.execute()
        assert jobs.count() == 1, "it is there: nothing to do"
        jobs.update(status="failed")
        operations.execute()
        assert jobs.count() == 1


def test_its_content_is_held_against_the_sweep(account: Account) -> None:
    archive(account)
    with clock.travel(dt.timedelta(days=2)):
        store.forget_unreferenced()
    copy = queries.export_of(account=account)
    assert copy
    assert files.verify(sha256=copy.sha256) == "sound"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("comptes 2025.pdf", "01-comptes 2025.pdf"),
        ("../../etc/passwd", "01-_.._etc_passwd"),
        ("a/b\\c:d.pdf", "01-a_b_c_d.pdf"),
        ("", "01-fichier"),
        ("...", "01-fichier"),
        ("é" * 300 + ".pdf", "01-" + "é" * 80 + ".pdf"),
    ],
)
def test_names_that_every_system_unpacks(name: str, expected: str) -> None:
    assert file_name(1, name) == expected
    assert Path(file_name(1, name)).name == file_name(1, name)
