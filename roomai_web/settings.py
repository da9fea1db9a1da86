"""Every setting of Room AI, each from the environment and each listed in `.env.example`."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from roomai_web.cache import beside
from roomai_web.env import env_bool, env_int, env_list, env_str
from roomai_web.limit_settings import *  # noqa: F403  settings are read by name
from roomai_web.picture_settings import *  # noqa: F403
from roomai_web.shop_settings import *  # noqa: F403
from roomai_web.shop_settings import PAYMENT_ORIGINS
from roomai_web.webhook_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of installation this is
ROOMAI_ENV = env_str("ROOMAI_ENV", "development")
if ROOMAI_ENV not in {"development", "production"}:
    raise ImproperlyConfigured(f"ROOMAI_ENV: {ROOMAI_ENV!r} is neither development nor production")
PRODUCTION = ROOMAI_ENV == "production"
# True only below `make run` without servers of one's own: the launcher sets it for its children.
EMBEDDED = env_bool("ROOMAI_EMBEDDED", False)
DEBUG = env_bool("DEBUG", False)
DATA_DIR = Path(env_str("ROOMAI_DATA", str(BASE_DIR / "var")))
PORT = env_int("PORT", 8000, least=1)
PUBLIC_URL = env_str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
# Result files may live on another origin, so that a picture can never act as a page of ours.
RESULTS_URL = env_str("RESULTS_URL", PUBLIC_URL).rstrip("/")
_public = urlsplit(PUBLIC_URL)
_results_origin = "{0.scheme}://{0.netloc}".format(urlsplit(RESULTS_URL))
SECURE_SITE = _public.scheme == "https"
ALLOWED_HOSTS = env_list(
    "ALLOWED_HOSTS", tuple({_public.hostname or "localhost", urlsplit(RESULTS_URL).hostname or "localhost"})
)
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
VERSION = "0.1.0"

# --- secrets: a development copy makes its own, good for one process; the launcher keeps them in files
_made_up = secrets.token_urlsafe(48)
SECRET_KEY = env_str("SECRET_KEY") or _made_up
# The first pepper signs new keys; the others still open the door during a change. Each is ID:SECRET.
API_KEY_PEPPERS = env_list("API_KEY_PEPPERS") or [f"dev:{_made_up}"]
RESULTS_SECRET = env_str("RESULTS_SECRET") or _made_up
ADMIN_PATH = env_str("ADMIN_PATH", "operators").strip("/")

# --- what must not start
_needed = ("SECRET_KEY", "API_KEY_PEPPERS", "RESULTS_SECRET", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL")
if PRODUCTION and (_unset := [name for name in _needed if not env_str(name)]):
    raise ImproperlyConfigured(f"ROOMAI_ENV=production needs {', '.join(_unset)}; .env.example says what each is for")
if PRODUCTION and EMBEDDED:
    raise ImproperlyConfigured("ROOMAI_ENV=production needs servers of its own: set DATABASE_URL and REDIS_URL")
if DEBUG and (PRODUCTION or _public.hostname not in {"localhost", "127.0.0.1"}):
    raise ImproperlyConfigured("DEBUG shows secrets to whoever meets an error; it is for PUBLIC_URL on localhost only")

INSTALLED_APPS = [
    "roomai_web",
    "generations",
    "billing",
    "accounts",
    "accounts.apps.OperatorsConfig",  # Django's admin, entered by staff with a second factor only
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",  # without its middleware, which is sync-only; accounts/sessions.py notes the last use
    "csp",
    "django_htmx",
]
# Every one of these is async capable: a sync-only one would bind a thread to each waiting API call.
MIDDLEWARE = [
    "roomai_web.middleware.request_id",
    "roomai_web.middleware.small_pages",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "roomai_web.middleware.private_pages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "roomai_web.urls"
ASGI_APPLICATION = "roomai_web.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["roomai_web.dedenting.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["roomai_web.assets", "roomai_web.filters", "roomai_web.showcase"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "billing.context_processors.wallet",
                "billing.context_processors.shop",
                "roomai_web.views.site",
            ],
        },
    }
]

# --- database and broker
_database_url, REDIS_URL = env_str("DATABASE_URL"), env_str("REDIS_URL")
if bool(_database_url) != bool(REDIS_URL):
    _missing = "REDIS_URL" if _database_url else "DATABASE_URL"
    raise ImproperlyConfigured(f"{_missing} is not set: give both servers or neither (then `make run` brings its own)")
_database = dj_database_url.parse(_database_url or "postgresql://room@localhost/room", conn_health_checks=True)
# What the address itself asks for (a socket's folder, TLS) stays beside ours.
_database["OPTIONS"] = {
    **_database.get("OPTIONS", {}),
    # The server parses and plans what it sees often once for a connection. What pools connections in front of it must
    # know prepared statements of the protocol (PgBouncer does since 1.21).
    "server_side_binding": True,
    "prepare_threshold": 3,
    "pool": {"min_size": 0, "max_size": env_int("DATABASE_POOL", 16, least=1), "timeout": 10},
    "options": "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s",
}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_CACHE_URL = env_str("REDIS_CACHE_URL") or beside(REDIS_URL or "redis://localhost")
CACHES = {
    "default": {
        "BACKEND": "roomai_web.cache.SteadyCache",
        "LOCATION": REDIS_CACHE_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# --- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "generations:studio"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.signin_forms.LoginForm",
    "reauthenticate": "accounts.signin_forms.ReauthenticateForm",
    "add_email": "accounts.signin_forms.AddEmailForm",
    "change_password": "accounts.signin_forms.ChangePasswordForm",
    "set_password": "accounts.signin_forms.SetPasswordForm",
    "reset_password": "accounts.signin_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.signin_forms.ResetPasswordKeyForm",
    "confirm_email_verification_code": "accounts.signin_forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.signin_forms.ConfirmPasswordResetCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True  # one address a person: the new one takes the place of the old one once its code is typed
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "numeric": False, "dashed": False}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # for e-mail addresses too; keys and second factors always ask
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", 0)
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.mfa_forms.AuthenticateForm",
    "reauthenticate": "accounts.mfa_forms.ReauthenticateForm",
    "activate_totp": "accounts.mfa_forms.ActivateTOTPForm",
    "add_webauthn": "accounts.mfa_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.mfa_forms.RenamePasskeyForm",
}
# A passkey belongs to a name with https, or to localhost; accounts/passkeys.py says where none can be offered.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Room AI"
TERMS_VERSION = "2026-11"
SIGNUP_TOKENS = env_int("SIGNUP_TOKENS", 10)

# --- sessions, cookies and headers
_cookie_suffix = "" if SECURE_SITE else f"_{PORT}"
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SITE else f"session{_cookie_suffix}"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE_SITE else f"csrftoken{_cookie_suffix}"
SESSION_ENGINE = "accounts.sessions"  # 14 days since its last use, 90 since it began
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "roomai_web.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and SECURE_SITE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", _results_origin],
        "font-src": [SELF],
        "connect-src": [SELF, _results_origin],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        # Browsers hold the redirect after a form to this, too: the way to the payment leads to another origin.
        "form-action": [SELF, *PAYMENT_ORIGINS],
    }
}

# --- mail: a copy on one's own machine keeps sent mail in files, readable at /dev/mail/
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_PORT = env_int("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_USER"), env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
# Who is told at once when money does not add up.
STAFF_EMAILS = env_list("STAFF_EMAILS")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("EMAIL_FROM", "Room AI <hello@localhost>")

# --- files
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(DATA_DIR / "media")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "roomai_web.assets.BundledStaticFilesStorage"},
}
WEIGHTS_DIR = Path(env_str("WEIGHTS_DIR", str(DATA_DIR / "models")))
# Bodies are bounded by route in the ASGI guard, in front of Django.
DATA_UPLOAD_MAX_MEMORY_SIZE = 42 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

# --- words
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

from roomai_web.logs import LOGGING  # noqa: E402, F401  logging is set up last, by Django, from this name
