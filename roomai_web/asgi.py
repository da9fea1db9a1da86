"""The ASGI application: static files by their own branch, everything else through the guard to Django."""

import os

import django
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from asgiref.wsgi import WsgiToAsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  settings are read after set-up
from django.core.asgi import get_asgi_application  # noqa: E402

from roomai_web.assets import static_files  # noqa: E402
from roomai_web.guard import Guard  # noqa: E402

_static = WsgiToAsgi(static_files())
_site = Guard(get_asgi_application())


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve one connection. WhiteNoise is sync-only, so it stands beside Django and never in its middleware."""
    if scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        await _static(scope, receive, send)
    else:
        await _site(scope, receive, send)
