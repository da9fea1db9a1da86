"""What search engines read: which pages are for them, and which are not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe

from generations import catalog
from generations.views.guides import GUIDES

# Everything here answers a visitor with a page of his own, or with the sign-in.
CLOSED = ("/accounts/", "/api/", "/billing", "/developers/", "/g/", "/gallery", "/hooks/", "/results/", "/studio")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Answer which addresses a crawler may ask for, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {_address('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """Answer the pages anybody may read."""
    names = [
        "home",
        *(["billing:pricing"] if settings.SHOP else []),
        "proof",
        "terms",
        "privacy",
        "rules",
        "help",
        "credits",
    ]
    pages = [_address(name) for name in names]
    pages += [_address("docs:guide", slug) if slug else _address("docs:start") for slug in GUIDES]
    pages += [_address("docs:model", model.id) for model in catalog.available()]
    listed = format_html_join("", "<url><loc>{}</loc></url>", ((page,) for page in pages))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return HttpResponse(f"{head}{listed}</urlset>\n", content_type="application/xml")


def _address(name: str, *parts: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=parts)
