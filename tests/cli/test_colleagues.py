"""``guichet colleagues``: the way out where an impostor came first."""

import pytest
from typer.testing import CliRunner

from guichet.adhesions.operations import colleagues
from guichet.adhesions.operations.colleagues import UnknownColleague
from guichet.adhesions.queries.colleagues import is_recognised
from guichet.cli.colleagues import app
from tests.adhesions.firm import FIRM, an_abonne

pytestmark = pytest.mark.django_db


def test_an_impostor_is_excluded_and_the_firm_recognised() -> None:
    impostor, real = an_abonne("Faux Exemple"), an_abonne("Vraie Exemple")
    for account in (impostor, real):
        colleagues.present(account=account)
    run = CliRunner().invoke
    told = run(app, ["list", FIRM]).output
    assert f"{impostor.number} : Faux Exemple, {impostor.email}, reconnu" in told
    assert f"{real.number} : Vraie Exemple, {real.email}, en attente" in told
    assert run(app, ["recognise", str(real.number)]).exit_code == 0
    assert run(app, ["exclude", f" {impostor.number} "]).exit_code == 0
    assert (is_recognised(real), is_recognised(impostor)) == (True, False)
    assert "Faux Exemple, " in run(app, ["list", FIRM]).output
    assert "écarté" in run(app, ["list", FIRM]).output


def test_nobody_has_that_number() -> None:
    run = CliRunner().invoke
    assert "Personne ne se réclame" in run(app, ["list", FIRM]).output
    assert isinstance(run(app, ["exclude", "20260010000001"]).exception, UnknownColleague)
