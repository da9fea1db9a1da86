"""The cookie that says light or dark before a page is drawn; `static/js/theme.js` writes the same one."""

from django.conf import settings
from django.http import HttpResponse

from accounts.models import Theme

YEAR_S = 365 * 24 * 3600


def bring(answer: HttpResponse, *, theme: str) -> None:
    """Have the browser keep this theme for the pages to come; one that follows the system needs no cookie."""
    if theme == Theme.SYSTEM:
        return
    answer.set_cookie("theme", theme, max_age=YEAR_S, samesite="Lax", secure=settings.SECURE_SITE)


def choose(answer: HttpResponse, *, theme: str) -> None:
    """Have the browser keep the theme a person has just chosen, and no other."""
    bring(answer, theme=theme)
    if theme == Theme.SYSTEM:
        answer.delete_cookie("theme", samesite="Lax")
