"""Everything that the portal knows of one person, as plain data under French names.

``GUIDE`` documents each name: a test holds the two together.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q

from guichet.accounts.models import Account, BoundCertificate, Passkey, SecondFactor, Token, TrustAnswer
from guichet.accounts.queries import sessions_of, trust_question_of
from guichet.accounts.sealed import opened_profile
from guichet.adhesions.models import Collegue, Demande, Liste, Remise
from guichet.courriers.queries import of_subject
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot, DepotFile, Page, Receipt
from guichet.files.rules import JPEG, PDF
from guichet.foyers.models import Personne
from guichet.instruction.models import Classement
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.retention.acting import acting, provisional
from guichet.retention.exchanges import exchanges, mailbox, why_absent
from guichet.retention.rules import file_name

Data = dict[str, Any]
Contents = list[tuple[str, str]]  # name in the archive, SHA-256

GUIDE = {
    "etabli_le": "moment où cette copie a été établie (toutes les heures sont en temps universel)",
    "compte": "votre compte : espace, identifiant, adresse électronique, numéro, coordonnées, dates",
    "question_de_confiance": "celle que vous avez choisie, et quand ; sa réponse n’est gardée que brouillée",
    "certificats": "les certificats qui ouvrent, ou ont ouvert, votre compte : noms, numéro, dates",
    "cles_d_acces": "vos clés d’accès : le nom que vous leur avez donné, et leurs dates",
    "second_facteur": "depuis quand une application de codes est liée à votre compte (sans son secret)",
    "sessions": "les navigateurs où vous êtes connecté : adresse IP, navigateur, dates",
    "liens": "liens et codes envoyés : nature, dates, et l’adresse qu’ils devaient confirmer",
    "courriers": "les messages qui vous ont été écrits ; leur texte est gardé 90 jours, liens secrets exclus",
    "messagerie": "ce qui se trouve dans « Mes messages », où il y en a : texte, arrivée, première lecture",
    "journal": "ce qui est arrivé à votre compte : nature, moment, auteur, empreinte",
    "cabinet": "si un collègue vous a reconnu, depuis quand ; les dossiers remis, à vous ou par vous",
    "mot_de_passe_provisoire": "s’il y en a un en attente : quand il a été donné, et quand il expire",
    "entreprises": "celles pour qui vous déclarez, ou déclariez : rôles, dates, droits, demandes par fichier",
    "foyer": "les personnes connues dans votre dossier, celles qui en ont été retirées comprises",
    "listes": "les listes de numéros SIREN que vous avez préparées, et ce qu’est devenue chaque ligne",
    "depots": "vos dépôts et brouillons",
    "depots.reponses": "ce que vous avez répondu",
    "depots.fichiers": "vos fichiers : nom, empreinte SHA-256, taille en octets, place dans cette archive",
    "depots.pages": "pour un brouillon fait de documents : les pages de chacun, comme ses fichiers",
    "depots.absent": "pourquoi un fichier n’est pas dans l’archive (analyse en cours, ou virus)",
    "depots.accuse_de_reception": "où se trouve l’accusé de réception dans cette archive",
    "depots.echanges": "les questions du service et vos réponses, avec les fichiers qui y sont joints",
    "depots.classements": "si le service a changé le type ou la personne d’un document : lesquels, et quand",
    "depots.adhesion": "pour une demande d’adhésion : services, qualité, dates, qui y a répondu ou mis fin",
    "depots.courriers": "les messages au sujet de ce dépôt",
    "depots.journal": "ce qui est arrivé à ce dépôt",
}


def guide() -> str:
    """How to read the archive, for the person it belongs to."""
    lines = [f"{name} : {told}." for name, told in GUIDE.items()]
    return (
        "Copie de vos données. Tout est dans « vos-donnees.json », les fichiers à côté.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def of_account(account: Account) -> Data:
    """What is known of the person, but for their filings."""
    factor = SecondFactor.objects.filter(account=account).first()
    return {
        "etabli_le": clock.now(),
        "compte": _account(account),
        "question_de_confiance": _trust(account),
        "certificats": [_certificate(row) for row in account.certificates.order_by("bound_at")],
        "cles_d_acces": [_passkey(row) for row in account.passkeys.order_by("created_at")],
        "second_facteur": factor.enrolled_at if factor else None,
        "sessions": [
            {
                "navigateur": line.browser,
                "adresse_ip": line.address,
                "ouverte_le": line.created_at,
                "derniere_page_le": line.last_seen_at,
            }
            for line in sessions_of(account=account)
        ],
        "liens": [_link(token) for token in Token.objects.filter(account=account).order_by("created_at")],
        "courriers": _courriers(account.subject),
        "messagerie": mailbox(account.subject),
        "journal": _events(account.subject),
        "cabinet": _firm(account),
        "mot_de_passe_provisoire": provisional(account),
        "entreprises": acting(account),
        "foyer": [_person(row) for row in Personne.objects.filter(account=account).order_by("created_at")],
        "listes": [_list(row) for row in Liste.objects.filter(account=account).order_by("created_at")],
    }


def _account(account: Account) -> Data:
    return {
        "espace": account.espace,
        "identifiant": account.identifier,
        "adresse_electronique": account.email,
        "coordonnees": opened_profile(account),
        "numero": account.number,
        "siren": account.siren,
        "conditions_acceptees": account.terms_version,
        "conditions_acceptees_le": account.terms_accepted_at,
        "cree_le": account.created_at,
        "derniere_connexion_le": account.last_sign_in_at,
        "suspendu_le": account.suspended_at,
    }


def _trust(account: Account) -> Data | None:
    row = TrustAnswer.objects.filter(account=account).first()
    question = trust_question_of(account=account)
    return {"question": question.text, "choisie_le": row.chosen_at} if row and question else None


def _certificate(row: BoundCertificate) -> Data:
    return {
        "titulaire": row.subject,
        "autorite": row.issuer,
        "numero": row.serial,
        "expire_le": row.not_after,
        "relie_le": row.bound_at,
        "utilise_le": row.last_used_at,
        "retire_le": row.ended_at,
    }


def _passkey(row: Passkey) -> Data:
    return {"nom": row.name, "ajoutee_le": row.created_at, "utilisee_le": row.last_used_at}


def _firm(account: Account) -> Data:
    mine = Collegue.objects.filter(account=account).first()
    handed = Remise.objects.filter(Q(sender=account) | Q(recipient=account)).order_by("created_at")
    return {
        "siren": mine.siren if mine else "",
        "reconnu_le": mine.recognised_at if mine else None,
        "ecarte_le": mine.declined_at if mine else None,
        # Of colleagues, who are somebody else, that there was one.
        "remises": [
            {
                "de_vous": row.sender_id == account.pk,
                "dossiers": row.number,
                "etat": row.state,
                "proposee_le": row.created_at,
                "decidee_le": row.decided_at,
            }
            for row in handed
        ],
    }


def _person(row: Personne) -> Data:
    return {
        "lien": row.lien,
        "nom": row.last_name,
        "prenom": row.first_name,
        "ne_le": row.born_on,
        "connue_le": row.created_at,
        "changee_le": row.updated_at,
        "retiree_le": row.removed_at,
    }


def _list(liste: Liste) -> Data:
    return {
        "preparee_le": liste.created_at,
        "envoyee_le": liste.sent_at,
        "services": liste.services,
        "qualite": liste.qualite,
        "lignes": [
            {
                "ligne": row.number,
                "saisi": row.typed,
                "siren": row.siren,
                "verdict": row.verdict,
                "suite": row.outcome,
            }
            for row in liste.lignes.order_by("number")
        ],
    }


def _adhesion(depot: Depot) -> Data | None:
    demande: Demande | None = getattr(depot, "demande", None)
    if demande is None:
        return None
    return {
        "services": demande.services,
        "qualite": demande.qualite,
        "demandee_le": demande.asked_at,
        "caduque_le": demande.lapses_at,
        "reglee_le": demande.settled_at,
        "repondu_par": demande.answered_by,
        "terminee_par": demande.ended_by,
    }


def _link(token: Token) -> Data:
    return {
        "nature": token.kind,
        "envoye_le": token.created_at,
        "expire_le": token.expires_at,
        "utilise_le": token.used_at,
        "adresse_a_confirmer": token.payload.get("email", ""),
    }


def _courriers(about: str) -> list[Data]:
    return [
        {
            "nature": courrier.kind,
            "etat": courrier.status,
            "ecrit_le": courrier.created_at,
            "destinataire": courrier.recipient,
            "adresse": courrier.address,
            "objet": courrier.subject,
            "texte": "" if courrier.secret else courrier.body,  # a link that still works is nobody's copy
        }
        for courrier in of_subject(about=about)
    ]


def _events(subject: str) -> list[Data]:
    return [
        {
            "nature": event.kind,
            "le": event.at,
            "par": event.actor,
            "donnees": event.data,
            "empreinte": event.hash,
        }
        for event in history(subject=subject)
    ]


def filings(account: Account) -> Iterator[tuple[Data, Contents]]:
    """Each filing of the person, and what belongs beside it in the archive."""
    mine = Depot.objects.filter(account=account).select_related("receipt", "demande").order_by("created_at")
    for depot in mine.prefetch_related("files", "pages__stored"):
        folder = f"depots/{depot.reference or f'brouillon-{depot.pk}'}"
        told, contents = _files(folder, depot.files.all())
        pages, of_pages = _pages(folder, depot.pages.all())
        contents += of_pages
        said, joined = exchanges(folder, depot)
        contents += joined
        receipt = _receipt(depot)
        if receipt:
            contents.append((f"{folder}/accuse-de-reception.pdf", receipt.stored_id))
        filing = _filing(depot, told, contents[-1][0] if receipt else None)
        yield filing | {"pages": pages, "echanges": said}, contents


def _receipt(depot: Depot) -> Receipt | None:
    return getattr(depot, "receipt", None)


def _filing(depot: Depot, received: list[Data], receipt: str | None) -> Data:
    return {
        "reference": depot.reference,
        "demarche": teleprocedure(depot.teleprocedure).label,
        "etat": depot.state,
        "siren": depot.siren,
        "organisme": depot.subject_name,
        "qualite": depot.capacity,
        "reponses": depot.data,
        "commence_le": depot.created_at,
        "transmis_le": depot.submitted_at,
        "confirme_le": depot.confirmed_at,
        "decide_le": depot.decided_at,
        "motif": depot.decision_text,
        "fichiers": received,
        "accuse_de_reception": receipt,
        "classements": _reclassified(depot),
        "adhesion": _adhesion(depot),
        "courriers": _courriers(depot.evidence),
        "journal": _events(depot.evidence),
    }


def _files(folder: str, rows: Iterable[DepotFile]) -> tuple[list[Data], Contents]:
    told: list[Data] = []
    contents: Contents = []
    for file in rows:
        name = f"{folder}/{_KINDS[file.kind]}/{file_name(file.position, file.name)}"
        absent = why_absent(file.stored_id)
        if not absent:
            contents.append((name, file.stored_id))
        described = {"nom": file.name, "sha256": file.stored_id, "octets": file.size}
        told.append({**described, "dans_l_archive": None if absent else name, "absent": absent})
    return told, contents


def _pages(folder: str, rows: Iterable[Page]) -> tuple[list[Data], Contents]:
    """The pages of a draft; a PDF that gives several stands in the archive once."""
    told: list[Data] = []
    contents: dict[str, str] = {}
    for page in rows:
        name = file_name(page.position, f"{PurePosixPath(page.name).stem}.{_ENDINGS[page.stored.media_type]}")
        absent = why_absent(page.stored_id)
        if not absent:
            contents.setdefault(page.stored_id, f"{folder}/pages/document-{page.document}/{name}")
        described = {"document": page.document, "page": page.position, "nom": page.name}
        kept = {"sha256": page.stored_id, "octets": page.stored.size}
        told.append({**described, **kept, "dans_l_archive": contents.get(page.stored_id), "absent": absent})
    return told, [(name, sha256) for sha256, name in contents.items()]


_ENDINGS = {PDF: "pdf", JPEG: "jpg"}  # whatever a page came as, one of these was made of it
_KINDS: dict[str, str] = {DepotFile.Kind.RECEIVED: "recus", DepotFile.Kind.PUBLISHED: "publication"}


def _reclassified(depot: Depot) -> list[Data]:
    return [
        {
            "document": row.document,
            "le": row.at,
            "type": row.type,
            "type_precedent": row.former_type,
            "personne": row.person,
            "personne_precedente": row.former_person,
        }
        for row in Classement.objects.filter(depot=depot)
    ]
