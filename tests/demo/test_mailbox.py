"""The demonstration's mailbox: whatever was sent is shown, as text."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import LazySettings, settings
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from guichet.demo import mailbox

BASE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.BASE_URL = BASE
    settings.MAILBOX_DIR = tmp_path / "var" / "mailbox"
    settings.LETTERS_DIR = tmp_path / "letters"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    (tmp_path / "letters").mkdir()
    path = tmp_path / "letters" / "2026-11-21-courrier-1.pdf"
    path.write_bytes(b"%PDF-1.7 letter")
    return path


def _send(subject: str = "Votre compte", body: str = "Bonjour", at: int | None = None) -> mailbox.Message:
    before = {path.name for path in settings.MAILBOX_DIR.glob("new/*")}
    sender = get_connection("guichet.demo.mailbox.EmailBackend")
    message = EmailMessage(subject, body, "Guichet <de@guichet.example>", ["a@b.example"], connection=sender)
    assert message.send() == 1
    (file,) = (path for path in settings.MAILBOX_DIR.glob("new/*") if path.name not in before)
    if at is not None:
        os.utime(file, (at, at))
    sent = mailbox.message(file.name)
    assert sent
    return sent


def _page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_message_is_kept_as_it_was_written() -> None:
    sent = _send("Éléments reçus", "Été à l’œuvre\n" + "x" * 2000 + "\n.\nFin")
    assert sent.subject == "Éléments reçus"
    assert sent.text.rstrip("\n") == "Été à l’œuvre\n" + "x" * 2000 + "\n.\nFin"
    assert sent.recipient == "a@b.example"
    assert "de@guichet.example" in sent.sender


def test_the_newest_message_stands_first() -> None:
    _send("Ancien", at=1_000_000_000)
    _send("Récent", at=1_700_000_000)
    _send("Moyen", at=1_500_000_000)
    assert [message.subject for message in mailbox.messages()] == ["Récent", "Moyen", "Ancien"]


def test_a_message_that_a_mail_program_has_read_is_still_there() -> None:
    sent = _send()
    (file,) = settings.MAILBOX_DIR.glob(f"new/{sent.key}")
    file.rename(settings.MAILBOX_DIR / "cur" / f"{sent.key}:2,S")
    assert mailbox.message(sent.key) == sent


def test_a_long_list_reads_the_latest_messages_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "SHOWN", 2)
    for number in range(3):
        _send(str(number), at=1_000_000_000 + number)
    assert [message.subject for message in mailbox.messages()] == ["2", "1"]


def test_an_empty_mailbox_says_how_to_begin(client: Client) -> None:
    page = _page(client, reverse("demo:mailbox"))
    assert "Aucun courriel pour l’instant" in page
    assert "n’existe que dans la démonstration" in page


def test_a_list_that_is_cut_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "SHOWN", 2)
    _send()
    assert "derniers courriels" not in _page(client, reverse("demo:mailbox"))
    _send()
    assert "Seuls les 2 derniers courriels" in _page(client, reverse("demo:mailbox"))


def test_where_e_mails_really_leave_the_mailbox_says_so(client: Client, settings: LazySettings) -> None:
    settings.SMTP_URL = "smtp://courrier.example"
    page = _page(client, reverse("demo:mailbox"))
    assert "partent vraiment" in page
    assert "Aucun courriel pour l’instant" not in page


def test_the_list_leads_to_each_message(client: Client) -> None:
    sent = _send()
    address = reverse("demo:message", args=[sent.key])
    assert address in _page(client, reverse("demo:mailbox"))
    assert "Bonjour" in _page(client, address)


def test_only_links_to_this_portal_can_be_followed(client: Client) -> None:
    body = (
        f"{BASE}/a/secret\n{BASE}.evil.example/a\nhttps://evil.example/\njavascript:alert(1)\n{BASE}/c/autre."
    )
    page = _page(client, reverse("demo:message", args=[_send(body=body).key]))
    assert f'<a href="{BASE}/a/secret">' in page
    assert 'href="https://evil' not in page
    assert 'href="javascript' not in page
    assert f'href="{BASE}.evil' not in page


def test_a_message_is_text_and_never_a_page(client: Client) -> None:
    attack = f'<script>alert(1)</script> {BASE}/a"onmouseover="x <img src=x onerror=y>'
    sent = _send(subject="<b>Objet</b>", body=attack)
    for address in (reverse("demo:message", args=[sent.key]), reverse("demo:mailbox")):
        page = _page(client, address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Objet" not in page
        assert '"onmouseover' not in page


def test_a_subject_cannot_break_the_headers() -> None:
    with pytest.raises(ValueError, match="Header"):
        _send(subject="Objet\nBcc: x@y.example")


@pytest.mark.parametrize("key", ["absent", "..", "..%2f..%2fetc%2fpasswd", "%00", "new"])
def test_no_other_file_can_be_reached_as_a_message(client: Client, key: str) -> None:
    _send()
    assert client.get(f"/demo/messagerie/{key}/").status_code == 404
    assert mailbox.message("../../etc/passwd") is None


def test_letters_are_downloaded_as_the_pdf_handed_over(client: Client, letter: Path) -> None:
    address = reverse("demo:letter", args=[letter.name])
    assert address in _page(client, reverse("demo:mailbox"))
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 letter"  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["absent.pdf", "../mailbox", "..", "*.pdf", "secret.key"])
def test_no_other_file_can_be_reached_as_a_letter(client: Client, letter: Path, name: str) -> None:
    letter.with_name("secret.key").write_text("secret")
    assert client.get(f"/demo/courrier/{quote(name, safe='')}").status_code == 404


def test_the_pages_are_read_only(client: Client) -> None:
    assert client.post(reverse("demo:mailbox")).status_code == 405


def test_outside_the_demonstration_there_is_no_mailbox(client: Client, settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "guichet.config.urls"
    assert client.get("/demo/messagerie/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:mailbox")
