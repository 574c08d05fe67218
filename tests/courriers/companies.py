"""What a company that declares is written, from its registration to its end."""

import datetime as dt

from guichet.habilitations import operations as habilitations
from guichet.habilitations.rules import Wanted
from guichet.inscriptions import operations
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre, Voie
from guichet.kernel import clock
from tests.entreprises import files
from tests.inscriptions import world


def live_the_life_of_a_company() -> None:
    """Register, be asked, answer, forget, change people, places and declarations, change the type, end."""
    rank = world.a_rank()
    world.put_into_register(rank, places=2)
    account = world.account(files.siret(rank))
    chosen = world.choice(rank, charters=("dsn",), places=2, colleagues=(world.person(), world.person()))
    boss = operations.begin(account=account, choice=chosen)
    second = world.administrateur(boss.inscription)
    for issue in ("granted", "refused", "withdrawn", "key", "desk", "lapsed"):
        _live_a_candidature(boss.inscription.siret, issue)
    one = world.declarant(boss.inscription)
    operations.set_roles(by=boss, acteur_id=one.pk, administrateur=False, declarant=True)
    operations.set_roles(by=boss, acteur_id=one.pk, administrateur=True, declarant=True)
    for who in (world.declarant(boss.inscription), second):
        operations.tell_help_asked(account_id=who.account_id)
    operations.add_declarations(by=boss, codes=["pasrau"], charters=[])
    operations.remove_declaration(by=boss, code="pasrau")
    operations.tick(by=boss, sirets=[files.siret(rank)])
    world.put_place(rank, 3)
    operations.sync_etablissements()
    _live_rights(boss)
    for genre in (Genre.MONO, Genre.TIERS, Genre.MULTI):
        operations.change_genre(inscription_id=boss.inscription_id, genre=genre, actor="account:agent")
    operations.end(inscription_id=boss.inscription_id, because="resiliation", actor="account:agent")


def _live_rights(by: Acteur) -> None:
    """Give rights, copy them, undo it; go with and without a successor, and of one's own will."""
    one, two, three, four = (world.declarant(by.inscription) for _ in range(4))
    wanted = [
        Wanted(acteur_id=one.pk, siret=siret, declaration="dsn", on=True)
        for siret in world.sirets(by.inscription)[:2]
    ]
    habilitations.apply(by=by, wanted=wanted)
    for other in (two, three, four):
        copied = habilitations.copy(by=by, source_id=one.pk, target_id=other.pk)
    habilitations.undo(by=by, changement_id=copied.pk)
    habilitations.remove(by=by, acteur_id=one.pk, successor_id=four.pk)
    habilitations.remove(by=by, acteur_id=two.pk)
    habilitations.leave(account=three.account)


def _live_a_candidature(siret: str, issue: str) -> None:
    acteur = operations.begin(account=world.account(siret), choice=None)
    by = acteur.inscription.acteurs.filter(administrateur=True).order_by("pk")[0]
    if issue == "granted":
        operations.grant(by=by, acteur_id=acteur.pk)
    elif issue == "refused":
        operations.refuse(by=by, acteur_id=acteur.pk, motif="Nous ne vous connaissons pas.")
    elif issue == "withdrawn":
        operations.withdraw(account=acteur.account)
    elif issue == "key":
        operations.choose_way(account=acteur.account, voie=Voie.CLE)
        key = (
            world.letters("inscriptions/lettre_cle")[-1].body.split("Votre clé d’activation : ")[1].split()[0]
        )
        operations.type_key(account=acteur.account, key=key, client=world.HERE)
    elif issue == "desk":
        operations.admit(acteur_id=acteur.pk, actor="account:agent")
    else:
        for days in (5, 12, 15):
            with clock.travel(dt.timedelta(days=days)):
                operations.remind_candidates()
                operations.lapse_candidates()
