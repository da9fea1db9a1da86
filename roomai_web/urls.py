"""Every address of Room AI on one screen."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from generations.api import api
from generations.views import verifier
from roomai_web import crawlers, views

handler500 = "roomai_web.views.failed"
handler429 = "roomai_web.views.too_many"  # allauth's limits look for it here
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("terms", views.legal, {"page": "terms"}, name="terms"),
    path("privacy", views.legal, {"page": "privacy"}, name="privacy"),
    path("rules", views.legal, {"page": "rules"}, name="rules"),
    path("help", views.legal, {"page": "help"}, name="help"),
    path("credits", views.legal, {"page": "credits"}, name="credits"),
    path("docs/proof", verifier.page, name="proof"),
    path("docs/verify_proof.py", verifier.script, name="verifier"),
    path("", include("generations.docs_urls")),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("billing.urls")),
    path("", include("generations.urls")),
    path("api/v1/", api.urls),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
if settings.EMBEDDED:
    urlpatterns.append(path("dev/mail/", include("roomai_web.embedded.mail")))
    urlpatterns.append(path("", include("roomai_web.embedded.components")))
