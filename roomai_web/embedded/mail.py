"""/dev/mail/: what was sent, readable on one's own machine; wired only below `make run`."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

# What Django's file-based mail backend writes between two messages of one file.
BETWEEN = b"\n" + b"-" * 79 + b"\n"
NEWEST = 50
#: A mail's styles lie in it; nothing of it may run.
DRAWN = {
    "style-src": ["'unsafe-inline'"],
    "sandbox": ["allow-popups", "allow-top-navigation-by-user-activation"],
    "frame-ancestors": ["'self'"],
}
DARK = "(prefers-color-scheme: dark)"
#: What stands in for the reader's own choice, so that both can be looked at side by side.
THEMES = {"light": ("not all", "light"), "dark": ("all", "dark")}


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it left: `id` is its place, newest file first."""

    id: int
    subject: str
    to: str
    date: str
    text: str
    html: str


def sent_messages(folder: Path) -> list[Sent]:
    """Return the newest messages in the folder, newest first; an absent folder holds none."""
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    raw = [part for file in files[:NEWEST] for part in reversed(file.read_bytes().split(BETWEEN)) if part.strip()]
    return [_read(number, part) for number, part in enumerate(raw[:NEWEST])]


def _read(number: int, raw: bytes) -> Sent:
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    drawn = message.get_body(preferencelist=("html",))
    return Sent(
        id=number,
        subject=str(message["subject"] or ""),
        to=str(message["to"] or ""),
        date=str(message["date"] or ""),
        text=str(body.get_content()) if body else "",
        html=str(drawn.get_content()) if drawn else "",
    )


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List the sent mail, newest first."""
    return render(request, "site/dev_mail.html", {"messages_sent": sent_messages(settings.EMAIL_FILE_PATH)})


@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know no view with an argument
def message(request: HttpRequest, number: int) -> HttpResponse:
    """Show one message: as mail programs draw it in either theme, and as plain text."""
    return render(request, "site/dev_mail_message.html", {"sent": _message(number), "themes": list(THEMES)})


@require_safe
@xframe_options_sameorigin
@csp_replace(DRAWN)  # type: ignore[arg-type]  # its types know no view with an argument
def drawn(request: HttpRequest, number: int) -> HttpResponse:
    """Show one message as a mail program draws it; `theme` light or dark, else the reader's own."""
    if not (html := _message(number).html):
        raise Http404
    if theme := THEMES.get(request.GET.get("theme", "")):
        html = html.replace(DARK, theme[0]).replace("color-scheme: light dark", f"color-scheme: {theme[1]}")
    return HttpResponse(html)


def _message(number: int) -> Sent:
    sent = sent_messages(settings.EMAIL_FILE_PATH)
    if number >= len(sent):
        raise Http404
    return sent[number]


urlpatterns = [
    path("", inbox, name="dev_mail"),
    path("<int:number>/", message, name="dev_mail_message"),
    path("<int:number>/drawn", drawn, name="dev_mail_drawn"),
]
