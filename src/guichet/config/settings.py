"""Settings of the portal. Weak ones are refused at start-up (``guichet check --deploy``)."""

from typing import Any

from guichet.config import env, logs
from guichet.kernel import clock

VAR = env.var_dir()
PORT = env.port()
LISTEN = env.text("LISTEN", "127.0.0.1")
WEB_PROCESSES = env.number("WEB_PROCESSES", 2)
# Requests under way at once in each process. A thread that waits for a slow line costs next to nothing, and
# hundreds of slow lines must not keep the others out.
WEB_THREADS = env.number("WEB_THREADS", 192)
WEB_CONNECTIONS = env.number(
    "WEB_CONNECTIONS", 4_096
)  # to each process; one that says nothing holds no thread
PASSWORDS_AT_ONCE = env.number(
    "PASSWORDS_AT_ONCE", 1
)  # hashed or verified in each process: 25 ms of a core each
LIMITS_A_MINUTE = {  # from one address, in each process; 0: no limit
    "sign_ins": env.number("LIMIT_SIGN_INS", 60),
    "searches": env.number("LIMIT_SEARCHES", 240),
    "verifications": env.number("LIMIT_VERIFICATIONS", 30),
}
WORKER_THREADS = env.number("WORKER_THREADS", 4)  # jobs under way at once
DEMO = env.flag("DEMO")  # fictitious data, a mailbox page, keys made on the spot
DEMO_FILINGS = env.flag("DEMO_FILINGS", default=True)  # whether the demo fills the desk of its agents
TESTING = env.flag("TESTING")
DEBUG = False

BASE_URL = env.text("BASE_URL", f"http://127.0.0.1:{PORT}")
HTTPS = BASE_URL.startswith("https://")
SECRET_KEY = env.text("SECRET_KEY")
if DEMO or TESTING:
    SECRET_KEY = SECRET_KEY or "demonstration-only-never-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz"
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # former ones, while what they protect is renewed
ALLOWED_HOSTS = env.words("HOSTS") or (["*"] if DEMO or TESTING else [])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")  # whose X-Forwarded-For is believed
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Client certificates (ADR 0020): where they are asked for, who hands them over, and what that server shows.
CERTIFICATE_URL = env.text("CERTIFICATE_URL").rstrip("/")  # empty: this portal takes none
CERTIFICATE_PROXIES = env.words("CERTIFICATE_PROXIES")
CERTIFICATE_SECRET = env.text("CERTIFICATE_SECRET")

CLOCK_FILE = env.text("CLOCK_FILE")  # the browser walks move the clock of all processes by it
if CLOCK_FILE:
    clock.follow(VAR / CLOCK_FILE)
# Refused by checks of our own (config/checks.py), which say what to set, or left to the operator (5, 21).
SILENCED_SYSTEM_CHECKS = [f"security.W{number:03}" for number in (4, 5, 8, 9, 11, 12, 16, 20, 21)]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "dsfr",
    "procrastinate.contrib.django",
    "guichet.journal",
    "guichet.files",
    "guichet.courriers",
    "guichet.accounts",
    "guichet.entreprises",
    "guichet.depots",
    "guichet.instruction",
    "guichet.adhesions",
    "guichet.foyers",
    "guichet.inscriptions",
    "guichet.portefeuilles",
    "guichet.habilitations",
    "guichet.imports",
    "guichet.publications",
    "guichet.retention",
    "guichet.jobs",
    "guichet.web",
    "guichet.espaces.association",
    "guichet.espaces.abonne",
    "guichet.espaces.prive",
    "guichet.espaces.declarant",
    "guichet.espaces.agents",
    "guichet.teleprocedures.comptes_annuels",
    "guichet.teleprocedures.adhesion",
    "guichet.teleprocedures.depot_spontane",
    "guichet.teleprocedures.foyer",
    "guichet.teleprocedures.declaration",
    "guichet.teleprocedures.resiliation",
    "guichet.teleprocedures.acces",
    *(["guichet.demo"] if DEMO or TESTING else []),
    "guichet.config.apps.PortalConfig",
]

MIDDLEWARE = [
    "guichet.web.middleware.RequestContextMiddleware",
    "guichet.web.probes.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "guichet.web.static.StaticMiddleware",
    "guichet.web.public.caching.AnonymousMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guichet.web.typography.TypographyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guichet.accounts.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "guichet.web.limits.ReceptionMiddleware",
    "guichet.web.middleware.LoadAccountMiddleware",
    "guichet.web.limits.RateMiddleware",
    "guichet.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "guichet.config.urls"
WSGI_APPLICATION = "guichet.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "guichet.web.context.portal",
            ],
            "builtins": ["guichet.web.templatetags.guichet"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_database: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    **env.database(VAR),
}
EMBEDDED_POSTGRES = not env.text("DATABASE_URL")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL")  # migrates and imports, where it is another role
SOCKET_DIR = env.socket_dir(VAR)  # of the embedded PostgreSQL
ARCHIVE_DIR = env.folder(env.text("ARCHIVE_DIR"))  # of its write-ahead log
# A pool gives 4 to 8 times the requests of a connection per request.
# Statements over many lines are written for indexes: compiled first, they took two to ten times as long.
_options: dict[str, Any] = _database.get("OPTIONS", {})
_database["OPTIONS"] = {
    **_options,
    "options": f"{_options.get('options', '')} -c jit=off".strip(),
    "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 16), "timeout": 10},
}
DATABASES = {"default": _database}
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": WORKER_THREADS,
    "shutdown_graceful_timeout": 10,  # seconds for what is under way; the rescue takes up the rest
    "update_heartbeat_interval": 10,
    "stalled_worker_timeout": 30,
}
RUNTIME_ROLE = env.text("DATABASE_ROLE", "guichet")  # the portal's, where the owner is another
APPEND_ONLY_TABLES = ["journal_event", "journal_seal"]  # the portal's role may add to them, no more
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["guichet.accounts.backend.AccountBackend"]
PASSWORD_HASHERS = ["guichet.accounts.hashers.OwaspArgon2Hasher"]
SESSION_ENGINE = "guichet.accounts.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # what ends a session is its espace's policy, kept on the server
# Browsers do not tell ports apart: without its own, one portal's sign-in would end that of its neighbour.
SESSION_COOKIE_NAME = "__Host-guichet" if HTTPS else f"guichet-{PORT}"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"  # no neighbour under the domain may set it
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guichet.web.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # what balancers and monitors ask speaks no HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Binds the whole domain, other people's sites included, and for months: on the operator's word alone.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS and env.flag("HSTS_PRELOAD")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"

SENDER = env.text("SENDER", "ne-pas-repondre@guichet.example")
DEFAULT_FROM_EMAIL = SENDER
SMTP_URL = env.text("SMTP_URL")  # smtp://user:password@host:port, smtps://, or empty in the demo
if SMTP_URL:
    vars().update(env.smtp(SMTP_URL))
elif DEMO or TESTING:
    EMAIL_BACKEND = "guichet.demo.mailbox.EmailBackend"
LETTERS_DIR = VAR / "letters"  # where postal letters are handed over to the mailing service, as PDF
MAILBOX_DIR = VAR / "mailbox"  # the demo's e-mails

# What is drawn or gathered once for the public, by its hash: page images above all.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "public": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR / "cache",
        "TIMEOUT": 7 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

FILES_DIR = VAR / "files"
STORE_URL = env.text("STORE_URL")  # s3://bucket?endpoint=…&region=…, or empty for FILES_DIR
STORE_ACCESS_KEY = env.text("STORE_ACCESS_KEY")  # without them boto3's own ways are followed (AWS_…, roles)
STORE_SECRET_KEY = env.text("STORE_SECRET_KEY")
CLAMD = env.text("CLAMD")  # host:port or a socket's path; empty: no antivirus
SEAL_DIR = env.text("SEAL_DIR") or str(VAR / "seal")  # seal.key and seal.crt (PEM)
FILE_UPLOAD_HANDLERS = ["guichet.files.uploads.HashingUploadHandler"]
UPLOAD_MAX_SIZE = env.number("UPLOAD_MAX_SIZE", 50_000_000)  # bytes a file; a téléprocédure may allow less
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_100  # a page of the grid of rights has 1,000 boxes

DECLARATIONS = env.text("DECLARATIONS")  # a TOML file; empty: inscriptions/declarations.toml
ADHESION_SERVICES = env.text("ADHESION_SERVICES")  # a TOML file; empty: adhesions/services.toml
IMPORTS_PAUSE_HOURS = env.number("IMPORTS_PAUSE_HOURS", 0)  # between two requests by file of one portfolio
PRIVE_SERVICES = env.text("PRIVE_SERVICES")  # a TOML file; empty: espaces/prive/services.toml
ADHESION_LETTERS_A_DAY = env.number("ADHESION_LETTERS_A_DAY", 5_000)  # of one firm, in Paris; 0: no limit
ADHESION_LETTERS_AT_FIRST = env.number("ADHESION_LETTERS_AT_FIRST", 200)  # the same of who is new
NOMENCLATURE = env.text("NOMENCLATURE")  # a TOML file; empty: depot_spontane/nomenclature.toml

METRICS_TOKEN = env.text("METRICS_TOKEN")  # empty: /metrics answers this machine alone

OFFICIAL_BRAND = env.flag("OFFICIAL_BRAND")  # State sites only: see the README's licence note
PORTAL_NAME = env.text("PORTAL_NAME", "Guichet")

ESPACES = [
    "guichet.espaces.association.definition.ASSOCIATION",
    "guichet.espaces.abonne.definition.ABONNE",
    "guichet.espaces.prive.definition.PRIVE",
    "guichet.espaces.declarant.definition.DECLARANT",
    "guichet.espaces.agents.definition.AGENTS",
]
SECOND_FACTOR = env.words("SECOND_FACTOR")  # espaces that ask for one beyond what their definition does
PASSWORD_MIN_LENGTH = env.number_each("PASSWORD_MIN_LENGTH")  # the same of passwords: « abonne:12 »
PASSWORD_MIN_SCORE = env.number_each("PASSWORD_MIN_SCORE")  # zxcvbn's, 0 to 4
DEMO_LOADER = "guichet.demo.operations.load"
TELEPROCEDURES = [
    "guichet.teleprocedures.comptes_annuels.definition.COMPTES_ANNUELS",
    "guichet.teleprocedures.adhesion.definition.ADHESION",
    "guichet.teleprocedures.depot_spontane.definition.DEPOT_SPONTANE",
    "guichet.teleprocedures.foyer.definition.FOYER",
    "guichet.teleprocedures.declaration.definition.DECLARATION_SOCIALE",
    "guichet.teleprocedures.resiliation.definition.RESILIATION",
    "guichet.teleprocedures.acces.definition.ACCES",
]

LOG_FORMAT = env.one_of(
    "LOG_FORMAT", env.text("LOG_FORMAT", "line" if DEMO or TESTING else "json"), logs.FORMATS
)
LOGGING = logs.configuration(form=LOG_FORMAT, level=env.text("LOG_LEVEL", "WARNING"), whole=DEMO)
