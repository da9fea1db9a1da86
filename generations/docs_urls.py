"""Addresses of the documentation. Whatever else lies below `/docs` is answered by a page of its own."""

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from generations.views import docs

app_name = "docs"
urlpatterns = [
    path("docs", docs.guide, {"slug": ""}, name="start"),
    path("docs/", require_safe(RedirectView.as_view(pattern_name="docs:start", permanent=True))),
    path("docs/models/<str:model_id>", docs.model, name="model"),
    path("docs/<path:slug>", docs.guide, name="guide"),
]
