"""A folder of templates, and a service that signs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.db import transaction
from django.template.backends.django import DjangoTemplates

from guichet.courriers import operations, rendering
from guichet.courriers.models import Courrier

Write = Callable[..., Courrier]


@pytest.fixture
def template(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """``template("name", "Objet : …")`` makes a template of that name."""
    folder = tmp_path / "courriers"
    folder.mkdir()
    options = {"autoescape": False, "debug": False}
    engine = DjangoTemplates({"NAME": "test", "DIRS": [tmp_path], "APP_DIRS": True, "OPTIONS": options})

    def make(name: str, text: str) -> None:
        (folder / f"{name}.txt").write_text(text)

    with mock.patch.object(rendering, "_engine", return_value=engine):
        make("bonjour", "Objet : Bonjour {{ name }}\n\nBonjour {{ name }},\n\nà bientôt.\n")
        yield make


@pytest.fixture
def write(template: Callable[[str, str], None]) -> Write:
    """``write(to=…, name=…, secret=…)`` puts an e-mail into the outbox."""

    def make(*, to: str = "anne@exemple.fr", name: str = "Anne", secret: bool = False) -> Courrier:
        with transaction.atomic():
            return operations.send_email(
                to=to, template="bonjour", context={"name": name}, about="account:1", secret=secret
            )

    return make
