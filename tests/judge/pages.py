"""Every page the judge looks at, one line each: a new page is a new line.

A page is looked at as each of its people: `nobody` is signed out, `empty` has nothing yet, `full` has everything,
`error` is whom all goes wrong for. `<name>` in an address is one of that person's things (`people._words`). `press`
is what is pressed before looking, by which a form shows its errors. Lighthouse looks at the pages with `template`,
one for each of ours, as the last of its people.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["site", "docs", "entrance", "app", "studio"]
SUBMIT = "main form [type=submit]"


@dataclass(frozen=True, slots=True)
class Page:
    """One page. status: what its address answers."""

    name: str
    path: str
    kind: Kind
    people: tuple[str, ...]
    press: str = ""
    template: bool = False
    status: int = 200


@dataclass(frozen=True, slots=True)
class View:
    """A page as one person sees it."""

    page: Page
    who: str

    @property
    def name(self) -> str:
        """Return the name under which its pictures and figures are kept."""
        return self.page.name if self.who == "nobody" else f"{self.page.name}-{self.who}"

    def path(self, words: dict[str, str]) -> str:
        """Return the address with this person's things in it."""
        return re.sub(r"<(\w+)>", lambda found: words[found[1]], self.page.path)


NOBODY, FULL, ALL = ("nobody",), ("full",), ("empty", "error", "full")
PAGES = (
    Page("landing", "/", "site", NOBODY, template=True),
    Page("pricing", "/pricing", "site", (*NOBODY, "full"), template=True),
    Page("terms", "/terms", "site", NOBODY, template=True),
    Page("privacy", "/privacy", "site", NOBODY),
    Page("credits", "/credits", "site", NOBODY, template=True),
    Page("docs", "/docs", "docs", NOBODY, template=True),
    Page("docs-authentication", "/docs/authentication", "docs", NOBODY),
    Page("docs-pictures", "/docs/pictures", "docs", NOBODY),
    Page("docs-waiting", "/docs/waiting", "docs", NOBODY),
    Page("docs-idempotency", "/docs/idempotency", "docs", NOBODY),
    Page("docs-webhooks", "/docs/webhooks", "docs", NOBODY),
    Page("docs-errors", "/docs/errors", "docs", NOBODY, template=True),
    Page("docs-limits", "/docs/limits", "docs", NOBODY),
    Page("docs-tokens", "/docs/tokens", "docs", NOBODY),
    Page("docs-proof", "/docs/proof", "docs", NOBODY, template=True),
    Page("docs-model", "/docs/models/changebg", "docs", NOBODY, template=True),
    Page("docs-removebg", "/docs/models/removebg", "docs", NOBODY),
    Page("docs-missing", "/docs/nothing", "docs", NOBODY, status=404),
    Page("sign-up", "/accounts/signup/", "entrance", NOBODY, template=True),
    Page("sign-up-refused", "/accounts/signup/", "entrance", NOBODY, press=SUBMIT),
    Page("log-in", "/accounts/login/", "entrance", NOBODY, template=True),
    Page("log-in-refused", "/accounts/login/", "entrance", NOBODY, press=SUBMIT),
    Page("password-reset", "/accounts/password/reset/", "entrance", NOBODY, template=True),
    Page("password-reset-refused", "/accounts/password/reset/", "entrance", NOBODY, press=SUBMIT),
    Page("password-reset-sent", "/accounts/password/reset/done/", "entrance", NOBODY),
    Page("inactive", "/accounts/inactive/", "entrance", NOBODY),
    Page("log-out", "/accounts/logout/", "app", FULL),
    Page("confirm-password", "/accounts/reauthenticate/", "app", FULL, template=True),
    Page("missing", "/nothing/here", "site", NOBODY, status=404),
    Page("missing-picture", "/g/<nothing>", "app", FULL, status=404),
    Page("studio", "/studio", "studio", ALL, template=True),
    Page("studio-sample", "/studio?sample=plant", "studio", ("empty",)),
    Page("studio-again", "/studio?again=<done>", "studio", FULL),
    Page("studio-refused", "/studio", "studio", ("empty",), press="[data-generate]"),
    Page("studio-cut-out", "/studio/removebg", "studio", FULL, template=True),
    Page("gallery", "/gallery", "app", ALL, template=True),
    Page("run-done", "/g/<done>", "app", FULL, template=True),
    Page("run-failed", "/g/<failed>", "app", ("error", "full"), template=True),
    Page("run-canceled", "/g/<canceled>", "app", FULL),
    Page("run-queued", "/g/<queued>", "app", FULL),
    Page("run-running", "/g/<running>", "app", FULL, template=True),
    Page("run-delete", "/g/<done>/delete", "app", FULL, template=True),
    Page("run-refuse", "/g/<done>/refuse", "app", FULL, template=True),
    Page("billing", "/billing", "app", ALL, template=True),
    Page("billing-canceled", "/billing/canceled/<waiting>", "app", FULL, template=True),
    Page("billing-refund", "/billing/purchases/<paid>/refund", "app", FULL, template=True),
    Page("keys", "/developers/keys", "app", ALL, template=True),
    Page("key-create", "/developers/keys/create", "app", FULL, template=True),
    Page("key-create-refused", "/developers/keys/create", "app", FULL, press=SUBMIT),
    Page("key-revoke", "/developers/keys/<key>/revoke", "app", FULL, template=True),
    Page("playground", "/developers/playground", "app", ALL, template=True),
    Page("playground-again", "/developers/playground?generation=<done>", "app", FULL),
    Page("email", "/accounts/email/", "app", FULL, template=True),
    Page("password", "/accounts/password/change/", "app", FULL, template=True),
    Page("password-refused", "/accounts/password/change/", "app", FULL, press=SUBMIT),
    Page("recovery-codes", "/accounts/2fa/recovery-codes/generate/", "app", FULL),
    Page("authenticator", "/accounts/2fa/totp/activate/", "app", FULL, template=True),
    Page("help", "/help", "site", NOBODY, template=True),
    Page("rules", "/rules", "site", NOBODY),
    Page("components", "/_components", "app", NOBODY, template=True),
    Page("trash", "/gallery/trash", "app", ("empty", "full"), template=True),
    Page("trash-empty", "/gallery/trash/empty", "app", FULL),
    Page("settings-profile", "/settings/profile", "app", FULL, template=True),
    Page("settings-preferences", "/settings/preferences", "app", FULL),
    Page("settings-security", "/settings/security", "app", FULL, template=True),
    Page("settings-notifications", "/settings/notifications", "app", FULL),
    Page("settings-privacy", "/settings/privacy", "app", FULL),
    Page("passkey-add", "/accounts/2fa/webauthn/add/", "app", FULL),
    Page("settings", "/settings", "app", FULL, template=True),
    Page("settings-export", "/settings/export", "app", FULL),
    Page("settings-delete", "/settings/delete", "app", FULL),
    Page("passkey-offer", "/settings/security/passkey", "app", FULL),
)
#: Patterns of the address map that answer with something else than a page, by what it is.
NOT_LOOKED_AT = {
    "healthz": "for machines",
    "g/<uuid:generation_id>/_take": "a part of the page of a run",
    "settings/delete/scheduled": "seen once, by somebody signed out",
    "settings/export/<uuid:export_id>/file": "a file",
    "readyz": "for machines",
    "robots.txt": "for machines",
    "sitemap.xml": "for machines",
    "docs/verify_proof.py": "a file",
    "billing/history.csv": "a file",
    "r/<uuid:generation_id>/<picture:name>": "a picture",
    "studio/matte/<str:upload_id>.png": "a picture",
    "studio/outline/<str:upload_id>": "a part of the studio",
    "studio/frame/<str:upload_id>": "a part of the studio",
    "studio/brush": "a part of the studio",
    "g/<uuid:generation_id>/_stage": "a part of a run's page",
    "developers/playground/outcome/<uuid:generation_id>": "a part of the playground",
    "billing/return": "a moment after a payment at Stripe",
}


def views(only: tuple[str, ...] = ()) -> list[View]:
    """Return every page as each of its people; only: names of pages, of views, or of kinds."""
    found = [View(page, who) for page in PAGES for who in page.people]
    return [one for one in found if not only or {one.name, one.page.name, one.page.kind} & set(only)]


def unlisted() -> list[str]:
    """Return the addresses of the sweep's table that answer people with a page and have no line here."""
    from tests.sweep import table

    listed = {route for page in PAGES if (route := _route(page.path))}
    rows = table.read(Path(table.__file__).with_name("pages.rows"))
    pages = {row.route for row in rows if row.method == "GET" and _is_page(row.cells["owner"])}
    return sorted(route for route in pages - listed - set(NOT_LOOKED_AT) if route)


def _is_page(cell: str) -> bool:
    return cell.partition(":")[0] == "200"


def _route(path: str) -> str | None:
    from tests.sweep import table

    return table.route_of(re.sub(r"<\w+>", "01993b52-7a3e-7c51-9d11-3f0f4a6c8e21", urlsplit(path).path))
