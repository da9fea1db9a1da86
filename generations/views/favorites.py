"""A picture marked as a favorite, or not any more: said by the form, so that sending it twice changes nothing."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.answers import SeeOther
from accounts.views import PersonRequest
from generations.views.ways import back, one_of, own_rows


@require_POST
@login_required
@never_cache
@vary_on_headers("HX-Request")
def favorite(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Set or clear the mark; answer the button alone to a script, the page it stood on to everybody else."""
    generation = one_of(own_rows(request).in_gallery(), generation_id)
    generation.favorite = request.POST.get("favorite") == "on"
    generation.save(update_fields=["favorite"])
    there = back(request, otherwise=reverse("generations:detail", args=[generation_id]))
    if request.headers.get("HX-Request"):
        context = {"generation": generation, "here": there, "wide": "wide" in request.POST}
        return render(request, "generations/_favorite.html", context)
    return SeeOther(there)
