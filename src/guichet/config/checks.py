"""What is looked at before the portal serves anybody: definitions that don't hold, settings that aren't safe.

``guichet check`` runs the first half, ``guichet check --deploy`` both; ``run``, ``web`` and ``worker`` run
both in production and refuse to start. Each message says what is wrong, and what to set.
"""

import contextlib
import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks as django_checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.http import is_same_domain
from django.utils.module_loading import import_string

MIN_SECRET = 50
MIN_TOKEN = 20
MIN_CERTIFICATE_SECRET = 32
MIN_DIFFERENT_SIGNS = 20
SEAL_NOTICE = dt.timedelta(days=30)
ROTATE = "guichet seal rotate, comme l’explique docs/howto/seal_rotation.md."
NOT_A_NAME = (".example", ".invalid", ".test", "example.org", "example.com")
MAX_SCORE = 4  # zxcvbn's
CODE = re.compile(r"[a-z][a-z0-9_]*\Z")

Check = Callable[[], Iterator[CheckMessage]]


def _run(checks: Sequence[Check]) -> list[CheckMessage]:
    return [message for check in checks for message in check()]


@register(Tags.compatibility)
def definitions(**_: Any) -> list[CheckMessage]:
    """Every espace and téléprocédure that the settings name exists once and leads somewhere, as links do."""
    return _run(
        [
            _espaces,
            _teleprocedures,
            _catalogue,
            _nomenclature,
            _declarations,
            _declared,
            _demo_stays_at_home,
            _links,
            _seal_ends,
        ]
    )


@register(Tags.security, deploy=True)
def production(**_: Any) -> list[CheckMessage]:
    """Nothing of a demonstration or of a test is left, and nothing that protects people is missing."""
    return _run([_secret, _modes, _address, _proxies, _certificates, _mail, _seal, _folder, _roles, _metrics])


def _espaces() -> Iterator[CheckMessage]:
    seen: set[str] = set()
    for dotted, espace in _imported(settings.ESPACES):
        yield from _known_once(dotted, espace, seen)
        yield from _has_its_terms(dotted, espace.terms_version)
        for name in filter(None, (espace.home_url, espace.register_url, espace.sign_in_url)):
            yield from _leads_somewhere(dotted, name)
        yield from _minimum_within_maximum(espace)
    for name in ("SECOND_FACTOR", "PASSWORD_MIN_LENGTH", "PASSWORD_MIN_SCORE"):
        for code in sorted({*getattr(settings, name)} - seen):
            yield Error(
                f"GUICHET_{name} : l’espace « {code} » n’existe pas",
                hint=f"Nommez des espaces qui existent : {', '.join(sorted(seen))}.",
                id="guichet.E106",
            )


def _minimum_within_maximum(espace: Any) -> Iterator[CheckMessage]:
    limits = {"PASSWORD_MIN_LENGTH": espace.password.max_length, "PASSWORD_MIN_SCORE": MAX_SCORE}
    for name, maximum in limits.items():
        if getattr(settings, name).get(espace.code, 0) > maximum:
            yield Error(
                f"GUICHET_{name} : aucun mot de passe de l’espace « {espace.code} » ne peut convenir",
                hint=f"Donnez à cet espace un nombre de {maximum} au plus.",
                id="guichet.E108",
            )


def _teleprocedures() -> Iterator[CheckMessage]:
    seen: set[str] = set()
    espaces = {espace.code for _, espace in _imported(settings.ESPACES)}
    for dotted, definition in _imported(settings.TELEPROCEDURES):
        yield from _known_once(dotted, definition, seen)
        yield from _has_its_terms(dotted, definition.terms_version)
        yield from _leads_somewhere(dotted, definition.start_url)
        yield from _leads_somewhere(dotted, definition.draft_url, "00000000-0000-0000-0000-000000000000")
        if definition.espace not in espaces:
            yield Error(
                f"{dotted} : l’espace « {definition.espace} » n’existe pas",
                hint="Corrigez sa définition, ou ajoutez l’espace à ESPACES.",
                id="guichet.E104",
            )


def _catalogue() -> Iterator[CheckMessage]:
    from guichet.adhesions.catalogue import CatalogueInvalid, services

    try:
        services()
    except CatalogueInvalid as error:
        yield Error(
            f"GUICHET_ADHESION_SERVICES : {error}",
            hint="Corrigez ce fichier ; src/guichet/adhesions/services.toml en est le modèle.",
            id="guichet.E107",
        )


def _nomenclature() -> Iterator[CheckMessage]:
    from guichet.teleprocedures.depot_spontane.nomenclature import NomenclatureInvalid, types

    try:
        types()
    except NomenclatureInvalid as error:
        yield Error(
            f"GUICHET_NOMENCLATURE : {error}",
            hint="Corrigez ce fichier ; le nomenclature.toml du portail en est le modèle.",
            id="guichet.E109",
        )


def _declarations() -> Iterator[CheckMessage]:
    from guichet.espaces.prive.services import ServicesInvalid, current

    try:
        current()
    except ServicesInvalid as error:
        yield Error(
            f"GUICHET_PRIVE_SERVICES : {error}",
            hint="Corrigez ce fichier ; src/guichet/espaces/prive/services.toml en est le modèle.",
            id="guichet.E110",
        )


def _declared() -> Iterator[CheckMessage]:
    from guichet.inscriptions.catalogue import CatalogueInvalid, pages

    try:
        named = pages()
    except CatalogueInvalid as error:
        yield Error(
            f"GUICHET_DECLARATIONS : {error}",
            hint="Corrigez ce fichier ; src/guichet/inscriptions/declarations.toml en est le modèle.",
            id="guichet.E111",
        )
        return
    for name in named:
        yield from _leads_somewhere("GUICHET_DECLARATIONS", name)


def _imported(names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for dotted in names:
        yield dotted, import_string(dotted)


def _known_once(dotted: str, definition: Any, seen: set[str]) -> Iterator[CheckMessage]:
    if definition.code in seen:
        hint = "Donnez à chaque définition un code qui n’est qu’à elle."
        yield Error(f"{dotted} : le code « {definition.code} » existe déjà", hint=hint, id="guichet.E101")
    if not CODE.match(definition.code):
        hint = "Minuscules sans accent, chiffres et tirets bas."
        yield Error(f"{dotted} : code invalide « {definition.code} »", hint=hint, id="guichet.E102")
    seen.add(definition.code)


def _has_its_terms(dotted: str, version: str) -> Iterator[CheckMessage]:
    """What people accept is kept as a version: its text must be there to be shown years later."""
    try:
        get_template(f"web/terms/{version}.txt")
    except TemplateDoesNotExist:
        hint = f"Ajoutez le texte web/terms/{version}.txt, ou corrigez la version."
        yield Error(
            f"{dotted} : ses conditions « {version} » n’ont pas de texte", hint=hint, id="guichet.E105"
        )


def _leads_somewhere(dotted: str, name: str, *arguments: str) -> Iterator[CheckMessage]:
    try:
        reverse(name, args=arguments)
    except NoReverseMatch:
        hint = "Nommez une adresse de config/urls.py ou de l’un de ses modules."
        yield Error(f"{dotted} : aucune page ne s’appelle « {name} »", hint=hint, id="guichet.E103")


def _demo_stays_at_home() -> Iterator[CheckMessage]:
    if settings.DEMO and not _is_private(urlsplit(settings.BASE_URL).hostname or ""):
        yield Error(
            f"Une démonstration ne se montre pas sur {settings.BASE_URL} : ses mots de passe sont publics",
            hint="Retirez GUICHET_DEMO, ou donnez une adresse locale à GUICHET_BASE_URL.",
            id="guichet.E001",
        )


def _secret() -> Iterator[CheckMessage]:
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:
        secret = ""
    if len(secret) < MIN_SECRET or len(set(secret)) < MIN_DIFFERENT_SIGNS or "demonstration" in secret:
        yield Error(
            "La clé secrète manque, est trop courte ou est celle de la démonstration",
            hint="GUICHET_SECRET_KEY : 50 signes au hasard, comme en donne « openssl rand -base64 48 ».",
            id="guichet.E002",
        )


def _modes() -> Iterator[CheckMessage]:
    for name, value in (
        ("DEMO", settings.DEMO),
        ("TESTING", settings.TESTING),
        ("CLOCK_FILE", settings.CLOCK_FILE),
    ):
        if value:
            hint = f"Retirez GUICHET_{name} de l’environnement."
            yield Error(f"GUICHET_{name} n’a pas sa place en production", hint=hint, id="guichet.E003")


def _links() -> Iterator[CheckMessage]:
    from guichet.courriers.links import LinkTooLong, link
    from guichet.courriers.rules import WIDTH
    from guichet.kernel.tokens import TOKEN_LENGTH

    longest = WIDTH - len("/c/") - TOKEN_LENGTH
    try:
        link("c", "x" * TOKEN_LENGTH)
    except LinkTooLong:
        yield Error(
            f"Les messageries couperaient les liens d’une adresse si longue : {settings.BASE_URL}",
            hint=f"GUICHET_BASE_URL : {longest} signes au plus, https:// compris.",
            id="guichet.E013",
        )


def _address() -> Iterator[CheckMessage]:
    if not settings.HTTPS:
        yield Error(
            f"L’adresse du portail n’est pas chiffrée : {settings.BASE_URL}",
            hint="GUICHET_BASE_URL : https://…, l’adresse que voient les usagers.",
            id="guichet.E004",
        )
    host = (urlsplit(settings.BASE_URL).hostname or "").lower()
    if "*" in settings.ALLOWED_HOSTS or not any(
        is_same_domain(host, name) for name in settings.ALLOWED_HOSTS
    ):
        yield Error(
            "Les noms sous lesquels le portail répond ne sont pas donnés, ou ne comprennent pas son adresse",
            hint=f"GUICHET_HOSTS={host} (plusieurs noms séparés par des virgules, jamais *).",
            id="guichet.E005",
        )


def _proxies() -> Iterator[CheckMessage]:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield Error(
            "Le serveur qui déchiffre les connexions n’est pas nommé : le portail les renverrait sans fin",
            hint="GUICHET_TRUSTED_PROXIES=127.0.0.1, l’adresse d’où ce serveur appelle le portail.",
            id="guichet.E006",
        )


def _certificates() -> Iterator[CheckMessage]:
    """Where they are taken: behind a known server, at the portal’s own host, so that sessions hold."""
    if not (settings.CERTIFICATE_URL or settings.CERTIFICATE_PROXIES or settings.CERTIFICATE_SECRET):
        return
    if not settings.CERTIFICATE_PROXIES:
        yield Error(
            "Le serveur qui vérifie les certificats n’est pas nommé : aucun certificat ne serait cru",
            hint="GUICHET_CERTIFICATE_PROXIES=127.0.0.1, l’adresse d’où ce serveur appelle le portail.",
            id="guichet.E016",
        )
    if len(settings.CERTIFICATE_SECRET) < MIN_CERTIFICATE_SECRET:
        yield Error(
            "Le secret du serveur qui vérifie les certificats manque ou est trop court : on le devinerait",
            hint="GUICHET_CERTIFICATE_SECRET : 32 signes au hasard ou plus (« openssl rand -hex 32 »).",
            id="guichet.E017",
        )
    if not _is_door_beside(settings.CERTIFICATE_URL, settings.BASE_URL):
        yield Error(
            "L’adresse où l’on présente un certificat n’est pas celle du portail, sur un autre port : "
            f"{settings.CERTIFICATE_URL or 'aucune'}",
            hint="GUICHET_CERTIFICATE_URL : celle de GUICHET_BASE_URL avec un autre port, par exemple :8443.",
            id="guichet.E018",
        )


def _is_door_beside(door: str, base: str) -> bool:
    """Whether ``door`` is the portal's own host in HTTPS, and not its port: they share cookies then."""
    one, other = urlsplit(door), urlsplit(base)
    try:
        ports = (one.port or 443, other.port or 443)
    except ValueError:
        return False
    bare = not (one.path or one.query or one.fragment or one.username)
    return bare and one.scheme == "https" and one.hostname == other.hostname and ports[0] != ports[1]


def _mail() -> Iterator[CheckMessage]:
    if not settings.SMTP_URL:
        yield Error(
            "Aucun serveur de messagerie : ni lien d’activation ni confirmation n’arriveraient",
            hint="GUICHET_SMTP_URL=smtp://utilisateur:motdepasse@serveur:587",
            id="guichet.E007",
        )
    if settings.SENDER.rpartition("@")[2].endswith(NOT_A_NAME):
        yield Error(
            f"L’expéditeur des courriels est celui de l’exemple : {settings.SENDER}",
            hint="GUICHET_SENDER : une adresse de votre domaine, que celui-ci permet d’employer (SPF, DKIM).",
            id="guichet.E008",
        )


def _seal() -> Iterator[CheckMessage]:
    from guichet.journal import sealing
    from guichet.kernel import clock

    hint = "GUICHET_SEAL_DIR : le dossier de seal.key et seal.crt (voir docs/howto/operate.md)."
    try:
        certificate = sealing.signer().certificate
    except (sealing.SealKeyError, OSError) as error:
        yield Error(f"Le cachet du portail est inutilisable : {error}", hint=hint, id="guichet.E009")
        return
    if certificate.not_valid_after_utc < clock.now():
        yield Error("Le certificat du cachet a expiré", hint=ROTATE, id="guichet.E010")


def _seal_ends() -> Iterator[CheckMessage]:
    """Told by the everyday check too, which makes no key: there is time to have a certificate issued."""
    from guichet.journal import pairs, sealing
    from guichet.kernel import clock

    file = sealing.folder() / sealing.CERTIFICATE
    with contextlib.suppress(pairs.SealKeyError):  # told by the check of production
        left = pairs.read_certificate(file).not_valid_after_utc - clock.now()
        if dt.timedelta() <= left < SEAL_NOTICE:
            days = f"Le certificat du cachet expire dans {left.days} jours"
            yield django_checks.Warning(days, hint=ROTATE, id="guichet.W010")


def _folder() -> Iterator[CheckMessage]:
    for folder in (settings.VAR, Path(settings.SEAL_DIR)):
        if folder.exists() and folder.stat().st_mode & 0o007:
            hint = f"chmod o-rwx {folder}"
            yield Error(f"Tout le monde peut entrer dans {folder}", hint=hint, id="guichet.E011")


def _roles() -> Iterator[CheckMessage]:
    if not settings.EMBEDDED_POSTGRES and not settings.DATABASE_OWNER_URL:
        yield django_checks.Warning(
            "Le portail possède ses tables : seuls des déclencheurs protègent le journal contre lui",
            hint="GUICHET_DATABASE_OWNER_URL : le rôle qui migre (voir docs/howto/operate.md).",
            id="guichet.W012",
        )


def _metrics() -> Iterator[CheckMessage]:
    if 0 < len(settings.METRICS_TOKEN) < MIN_TOKEN:
        yield Error(
            "Le jeton des mesures est trop court : on le devinerait",
            hint="GUICHET_METRICS_TOKEN : 20 signes au hasard ou plus, ou rien.",
            id="guichet.E015",
        )


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".test", ".example")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback
