"""Who comes to the counter, and what belongs to whom."""

import copy
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from guichet.accounts import operations as accounts
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, BoundCertificate
from guichet.accounts.rules import Client as Visit
from guichet.adhesions import operations as adhesions_operations
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier, Pli
from guichet.demo import mailbox
from guichet.depots.definitions import teleprocedures
from guichet.entreprises.operations import import_sirene
from guichet.espaces.association.definition import IDLE
from guichet.instruction import operations as desk
from guichet.instruction.models import Agent
from guichet.kernel import clock
from tests.accounts.factor import Telephone, an_agent, signed_in
from tests.adhesions import world as adhesions
from tests.adhesions.firm import an_abonne
from tests.autorisations import world_of_the_declarant as of_the_declarant
from tests.autorisations.filings import OWNER, Filings, patterns
from tests.autorisations.reading import AGENTS, HALVES
from tests.depots.factories import token_of, upload
from tests.entreprises import files as companies
from tests.espaces.prive import people as prive
from tests.foyers.people import somebody as somebody_of
from tests.publications.factories import published
from tests.teleprocedures.filer import a_pdf, an_association
from tests.web.companies import a_declarant

PASSWORD = "cheval-Lavande-trombone-7"
VISIT = Visit(address="192.0.2.1", agent="")
NEIGHBOUR_SIREN, NEW_SIREN = "404833048", "552032534"
FIRM_SIREN, STRANGER_SIREN = "443061841", "552100554"
UNWATCHED = {"Session", "Attempts"}  # they change whenever somebody knocks
_LINK = re.compile(r"/[acemp]/(\w+)")
State = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class World:
    """``cookies``: a browser for each role. ``places``: what fills in the addresses, all the owner's.
    ``state``: what the tables hold before anybody comes."""

    cookies: Mapping[str, SimpleCookie]
    places: Mapping[str, dict[str, Any]]
    neighbour: Account
    state: State
    built_at: dt.datetime

    def url(self, name: str) -> str:
        """The address ``name`` with the owner's objects in it."""
        return reverse(
            name, kwargs=self.places.get(name, self.places[""] if "siren" in _arguments(name) else {})
        )

    def moment(self, role: str) -> AbstractContextManager[None]:
        """When ``role`` comes: at once, however slow the tests are, as a password waits for its code a few
        minutes; a session that has expired is the owner's, some time later."""
        later = IDLE + dt.timedelta(minutes=1) if role == "expired" else dt.timedelta(0)
        return clock.travel(self.built_at - clock.now() + later)

    def browser(self, role: str, *, csrf: bool = False) -> Any:
        """The browser of ``role``; with ``csrf`` its forms need their secret, as in production."""
        client: Any = Client(enforce_csrf_checks=csrf)
        client.cookies = copy.deepcopy(
            self.cookies.get("owner" if role == "expired" else role, SimpleCookie())
        )
        return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block changes in the database is as before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def state() -> State:
    """Every row of the house's tables that says something."""
    watched = [one for one in apps.get_models() if one.__module__.startswith("guichet.")]
    return {
        model.__name__: sorted(map(tuple, model._default_manager.values_list()), key=repr)
        for model in watched
        if model.__name__ not in UNWATCHED
    }


def writes() -> int:
    """How many rows this transaction has written so far in the tables of ``state``, undone ones included.

    Asking the server is quick, and where nothing was written nothing changed.
    """
    unwatched = [apps.get_model("accounts", name)._meta.db_table for name in UNWATCHED]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables "
            "WHERE relname <> ALL (%s)",
            [unwatched],
        )
        return int(cursor.fetchone()[0])


def names() -> set[str]:
    """Every address of the portal, by its name; those of the second door are for these tests alone."""
    return {name for name, _ in patterns(get_resolver()) if not name.startswith("voisine:")}


def build() -> World:
    """An owner with one filing of each kind, a neighbour, someone of another door, agents of each role."""
    owner, neighbour, foreigner = _accounts()
    _register()
    firm = _firm()
    people = _people()
    acteurs = of_the_declarant.people()
    filers = {"owner": owner, "neighbour": neighbour, "foreigner": foreigner, **firm, **people}
    browsers = {name: _signed_in(one) for name, one in filers.items()}
    declarants = of_the_declarant.accounts(acteurs)
    browsers |= {name: of_the_declarant.signed_in(one) for name, one in declarants.items()}
    browsers |= _agents()
    browsers["half_abonne"] = _half_abonne()
    return World(
        cookies={name: browser.cookies for name, browser in browsers.items()},
        places=_places(
            {
                "association": owner,
                "abonne": firm["abonne"],
                "prive": people["usager"],
                "declarant": declarants["administrateur"],
                "acces": declarants["candidate"],
            }
        )
        | _abonne(firm, owner)
        | _prive(people["usager"])
        | _household(people["usager"])
        | of_the_declarant.places()
        | {"declarant:message": {"pli_id": _a_pli(declarants["administrateur"]).pk}},
        neighbour=neighbour,
        state=state(),
        built_at=clock.now(),
    )


def _register() -> None:
    """The companies that people of firms act for."""
    with TemporaryDirectory() as folder:
        unites, etablissements = adhesions.register_files(Path(folder))
        import_sirene(unites=unites, etablissements=etablissements)


def _firm() -> dict[str, Account]:
    """Two who have recognised each other, one who says to be of the same firm, one of another firm."""
    found = {
        "abonne": an_abonne("Lila Exemple", siren=FIRM_SIREN),
        "colleague": an_abonne("Omar Exemple", siren=FIRM_SIREN),
        "newcomer": an_abonne("Nora Nouvelle", siren=FIRM_SIREN),
        "stranger": an_abonne("Hector Ailleurs", siren=STRANGER_SIREN),
    }
    for account in found.values():
        account.set_password(PASSWORD)
        account.save()
        colleagues.present(account=account)
    colleagues.recognise(account=found["abonne"], colleague_id=found["colleague"].pk)
    return found


def _people() -> dict[str, Account]:
    """Two people with an espace privé: a particulier and an exploitant."""
    found = {
        "usager": prive.somebody(),
        "voisin": prive.somebody(
            "exploitant", identifier="voisin@ferme.example", email="voisin@ferme.example"
        ),
    }
    for account in found.values():
        account.set_password(PASSWORD)
        account.save()
    return found


def _prive(usager: Account) -> dict[str, dict[str, Any]]:
    """What fills in the addresses of the espace privé, but for filings."""
    return {
        "prive:declaration": {"slug": "ressources"},
        "prive:message": {"pli_id": _a_pli(usager).pk},
        "prive:register_check": {"number": 1},
        "prive:register_sent": {"number": 1},
        "prive:register_step": {"number": 1, "slug": "identite"},
    }


def _a_pli(account: Account) -> Pli:
    """A message in the mailbox of ``account``."""
    told: Pli = Pli.objects.create(
        box=account.subject, about=account.subject, template="avis", subject="Bonjour", body="Bonjour.\n",
        created_at=clock.now(),
    )  # fmt: skip
    return told


def _household(account: Account) -> dict[str, dict[str, Any]]:
    """Somebody of the household of ``account``, which agents keep."""
    whose = {"account_id": account.pk}
    child = {**whose, "person_id": somebody_of(account).pk}
    return {
        **dict.fromkeys(("desk:household", "desk:household_add"), whose),
        **dict.fromkeys(("desk:household_person", "desk:household_remove"), child),
    }


def _half_abonne() -> Any:
    """Somebody who protects the espace by an application, and has given the password alone."""
    account = an_abonne("Hugo Exemple", siren="")
    account.set_password(PASSWORD)
    account.save()
    Telephone(account)
    return _signed_in(account)


def _accounts() -> list[Account]:
    found = [
        an_association(email=OWNER),
        an_association(NEIGHBOUR_SIREN, email="neighbour@moulin.example"),
        an_association(NEW_SIREN, email="foreigner@pont.example"),
    ]
    found[2].espace = "voisine"
    for account in found:
        account.set_password(PASSWORD)
        account.save()
    return found


def _signed_in(account: Account) -> Any:
    client: Any = Client()
    form = {"identifier": account.identifier, "password": PASSWORD}
    assert client.post(reverse(f"{account.espace}:sign_in"), form).status_code == 302
    return client


def _agents() -> dict[str, Any]:
    """An agent of each role, signed in with both factors; one who gave one, one who has no other yet."""
    browsers = {}
    for name in AGENTS:
        account = an_agent(f"{name}@service.example", password=PASSWORD)
        Telephone(account)
        _at_the_desk(account, name)
        browsers[name] = signed_in(account)
    for name in HALVES:
        account = an_agent(f"{name}@service.example", password=PASSWORD)
        _at_the_desk(account, "gestionnaire")
        if name == "half":
            Telephone(account)
        browsers[name] = _signed_in(account)
    browsers["unlinked"].get(reverse("agents:enrol"))  # now there is a key, and its image
    return browsers


def _at_the_desk(account: Account, name: str) -> None:
    role = "agent" if name == "elsewhere" else name
    seen = ["autre_chose"] if name == "elsewhere" else []
    Agent.objects.create(account=account, role=role, teleprocedures=seen, created_at=clock.now())


def _places(owners: Mapping[str, Account]) -> dict[str, dict[str, Any]]:
    filings = {
        code: Filings(owners.get(code) or owners[one.espace], code) for code, one in teleprocedures().items()
    }
    owner = owners["association"]
    terms = {"version": espace(owner.espace).terms_version}
    return {
        **{name: place for one in filings.values() for name, place in one.places().items()},
        **_links(owner, filings["comptes_annuels"]),
        **_desk(filings["comptes_annuels"]),
        "desk:original": _an_original(filings["declaration"]),
        "desk:reclassify": {"depot_id": filings["depot_spontane"].confirmed.pk, "document": 1},
        **_demo(),
        **_public(),
        "web:terms_text": terms,
        "web:terms_of": terms,
        "": {"siren": NEW_SIREN},
    }


def _an_original(filings: Filings) -> dict[str, Any]:
    """A file that is kept as it came, which agents save."""
    return {"depot_id": filings.confirmed.pk, "file_id": filings.confirmed.files.get().pk}


def _abonne(firm: Mapping[str, Account], company: Account) -> dict[str, dict[str, Any]]:
    """What the person of the firm has besides filings: a list, a proposal, a certificate, a suspended
    colleague; and what ``company``, an association of the table, is asked."""
    mine, siren = firm["abonne"], company.identifier
    company.siren = siren  # an association is the unité légale that it signs in as
    company.save(update_fields=["siren"])
    in_force, waiting = adhesions.asked(mine, siren), adhesions.asked(mine, companies.siren(150))
    adhesions_operations.answer(demande_id=in_force.pk, by=Answerer(account=company), accept=True)
    liste = adhesions_operations.prepare_list(
        account=mine, services=["tva"], qualite="expert_comptable", text=companies.siren(151)
    )
    gone = an_abonne("Gaston Parti", siren=FIRM_SIREN)
    colleagues.present(account=gone)
    colleagues.recognise(account=firm["colleague"], colleague_id=gone.pk)
    adhesions.asked(gone, companies.siren(152))
    accounts.suspend(account=gone, actor="operator")
    chosen = adhesions.asked(mine, companies.siren(153))
    remise = handover.propose(account=mine, to=firm["colleague"].pk, depot_ids=[chosen.pk])
    certificate = BoundCertificate.objects.create(
        account=mine, espace="abonne", key="a" * 64, serial="1", issuer="CN=AC", subject="CN=Lila",
        not_after=clock.now() + dt.timedelta(days=300), bound_at=clock.now(),
    )  # fmt: skip
    about = {"colleague_id": firm["newcomer"].pk}
    on_remise = ("remise", "remise_accept", "remise_decline", "remise_cancel")
    register = ("register_identifiers", "register_form", "register_check", "register_sent")
    return {
        **{f"abonne:{name}": {"number": 1} for name in register},
        **{f"abonne:{name}": {"remise_id": remise.pk} for name in on_remise},
        "abonne:colleague_recognise": about,
        "abonne:colleague_decline": about,
        "abonne:colleague_take_over": {"colleague_id": gone.pk},
        "abonne:certificate_end": {"certificate_id": certificate.pk},
        **{f"adhesion:{name}": {"liste_id": liste.pk} for name in ("list", "list_send", "list_csv")},
        "adhesion:end": {"depot_id": in_force.pk},
        "adhesion:take_back": {"depot_id": waiting.pk},
        "company:one": {"demande_id": in_force.pk},
        "company:one_end": {"demande_id": in_force.pk},
    }


def _desk(filings: Filings) -> dict[str, dict[str, Any]]:
    """What agents have before them: a filing that waits, a published one, a bulk, a reason, a colleague."""
    agents = {one.account.email.partition("@")[0]: one for one in Agent.objects.select_related("account")}
    chief, waits = agents["gestionnaire"], {"depot_id": filings.confirmed.pk}
    joined = upload(a_pdf(), "annexe.pdf")
    asked = desk.ask(agent=chief, depot_id=filings.confirmed.pk, text="Où est l’annexe ?", uploads=[joined])
    joined.path.unlink()  # another PDF was made of it
    published = desk.publish(agent=chief, depot_id=filings.decided.pk)
    lot = desk.start_bulk(agent=agents["agent"], action="liberer", depot_ids=[filings.confirmed.pk])
    motif = desk.keep_motif(
        agent=chief, teleprocedure=filings.code, kind="refus", label="Illisible", text="Illisible."
    )
    on_filing = ("dossier", "document", "publish", "accept", "refuse", "ask", "note", "assign", "release")
    places: dict[str, dict[str, Any]] = {
        **dict.fromkeys((*on_filing, "take_over"), waits),
        "withdraw": {"depot_id": published.pk},
        "page": {**waits, "number": 1},
        "message_file": {**waits, "message_id": asked.pk},
        "lot": {"lot_id": lot.pk},
        **{name: {"motif_id": motif.pk} for name in ("motif", "motif_retire")},
        "agent": {"agent_id": agents["unlinked"].pk},
        "agent_access": {"agent_id": agents["unlinked"].pk, "change": "suspendre"},
    }
    return {f"desk:{name}": place for name, place in places.items()}


def _links(owner: Account, filings: Filings) -> dict[str, dict[str, Any]]:
    accounts.ask_recovery(espace="association", identifier=owner.identifier, client=VISIT)
    recovery = _newest_link()
    accounts.ask_email_change(account=owner, email="new@lavoir.example", password=PASSWORD)
    change = _newest_link()
    declarant = a_declarant()
    accounts.ask_provisional(espace="declarant", identifier=declarant.identifier, client=VISIT)
    provisional = _newest_link()
    accounts.register(
        espace="association", identifier=NEW_SIREN, email="x@y.example", profile=owner.profile, client=VISIT
    )
    return {
        "web:new_password": {"token": recovery},
        "web:confirm_email": {"token": change},
        "web:provisional": {"token": provisional},
        "web:activate": {"token": _newest_link()},
        "confirm": {"token": token_of(filings.waiting)},
        "confirm_receipt": {"token": token_of(filings.confirmed)},
        "web:verification": {"code": filings.confirmed.verification_code},
    }


def _newest_link() -> str:
    for courrier in Courrier.objects.order_by("-pk"):
        if found := _LINK.search(courrier.body):
            return found[1]
    raise AssertionError("no message holds a link")


def _public() -> dict[str, dict[str, Any]]:
    one = published(content=a_pdf())
    version = {"siren": one.siren, "date": one.closing_date, "version": one.version}
    return {
        "public:organisation": {"siren": one.siren},
        "public:filing": {"siren": one.siren, "date": one.closing_date},
        **dict.fromkeys(("public:version", "public:document"), version),
        "public:page": {**version, "number": 1},
        "public:sitemap_part": {"first": one.siren},
    }


def _demo() -> dict[str, dict[str, Any]]:
    mailbox.EmailBackend().send_messages(
        [EmailMessage("Bonjour", "Bonjour.", "a@b.example", ["c@d.example"])]
    )
    settings.LETTERS_DIR.mkdir(parents=True, exist_ok=True)
    (settings.LETTERS_DIR / "lettre.pdf").write_bytes(b"%PDF-1.7\n")
    return {"demo:message": {"key": mailbox.messages()[0].key}, "demo:letter": {"name": "lettre.pdf"}}


def _arguments(name: str) -> set[str]:
    found = dict(patterns(get_resolver()))[name]
    return set(found.pattern.converters)
