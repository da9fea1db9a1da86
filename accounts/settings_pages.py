"""The pages of settings; those of one's address, password and second factors are allauth's, in the same dress."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, passkeys, preferences, signed_in, themes, workspaces
from accounts.answers import SeeOther
from accounts.settings_forms import NotificationsForm, PreferencesForm, PrivacyForm, ProfileForm
from accounts.views import PersonRequest

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def index(request: PersonRequest) -> HttpResponse:
    """List the sections, each with what is set there now."""
    workspace = workspaces.personal(user=request.user)
    shown = {
        "chosen": preferences.of(request.user),
        "retention_days": preferences.retention_days(workspace),
        "places": len(signed_in.places(request, user=request.user)),
        "factors": _factors(request),
        "is_index": True,
    }
    return render(request, "accounts/settings.html", shown)


@require_http_methods(FORM_METHODS)
@login_required
def profile(request: PersonRequest) -> HttpResponse:
    """Ask for the person's name, and lead to where the address is changed."""
    form = ProfileForm(_sent(request), instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return _saved(request, "profile")
    return _page(request, "profile", form)


@require_http_methods(FORM_METHODS)
@login_required
def choices(request: PersonRequest) -> HttpResponse:
    """Ask for theme and format; the theme is there from the next page on."""
    form = PreferencesForm(_sent(request), instance=preferences.of(request.user))
    if request.method == "POST" and form.is_valid():
        answer = _saved(request, "preferences")
        themes.choose(answer, theme=form.save().theme)
        return answer
    return _page(request, "preferences", form)


@require_http_methods(FORM_METHODS)
@login_required
def notifications(request: PersonRequest) -> HttpResponse:
    """Ask which mail is wanted; what concerns access and money always comes."""
    form = NotificationsForm(_sent(request), instance=preferences.of(request.user))
    if request.method == "POST":
        form.save()
        return _saved(request, "notifications")
    return _page(request, "notifications", form)


@require_http_methods(FORM_METHODS)
@login_required
def privacy(request: PersonRequest) -> HttpResponse:
    """Ask how long new pictures are kept; those that are there keep the time they were made with."""
    workspace = workspaces.personal(user=request.user)
    before = preferences.retention_days(workspace)
    form = PrivacyForm(_sent(request), instance=workspace)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(
            actor=audit.user(request.user),
            what="retention_changed",
            workspace_id=workspace.id,
            before={"days": before},
            after={"days": workspace.retention_days},
        )
        return _saved(request, "privacy")
    return _page(request, "privacy", form)


@require_safe
@login_required
def security(request: PersonRequest) -> HttpResponse:
    """Show passkeys, password, authenticator app, recovery codes and where the person is signed in."""
    places = signed_in.places(request, user=request.user)
    shown = {"places": places, "here_only": len(places) == 1, "passkeys_work": passkeys.can_be_here(request)}
    return render(request, "accounts/security.html", shown | _factors(request))


@require_POST
@login_required
def session_end(request: PersonRequest, session_id: int) -> HttpResponse:
    """Sign one other browser out; a stranger's session is not found."""
    if not signed_in.end(request, user=request.user, session_id=session_id):
        raise Http404
    messages.success(request, gettext("That browser is signed out."))
    return SeeOther.to("accounts:security", fragment="sessions")


@require_POST
@login_required
def sessions_end(request: PersonRequest) -> HttpResponse:
    """Sign every other browser out."""
    signed_in.end_others(request, user=request.user)
    messages.success(request, gettext("Every other browser is signed out."))
    return SeeOther.to("accounts:security", fragment="sessions")


@require_safe
@login_required
def passkey_offer(request: PersonRequest) -> HttpResponse:
    """Offer a passkey to whoever has just signed up; it can be left for later."""
    if not passkeys.can_be_here(request):
        return redirect("generations:studio")
    return render(request, "accounts/passkey_offer.html")


@require_safe
@login_required
def of_allauth(request: PersonRequest) -> HttpResponseBase:
    """Lead from a page of allauth that only lists to the one that shows it all."""
    return redirect("accounts:security")


def _factors(request: PersonRequest) -> dict[str, Any]:
    found: dict[str, list[Any]] = {"webauthn": [], "totp": [], "recovery_codes": []}
    for row in Authenticator.objects.filter(user=request.user).order_by("created_at"):
        found[row.type].append(row)
    codes = found["recovery_codes"]
    return {
        "passkeys": found["webauthn"],
        "app": next(iter(found["totp"]), None),
        "has_codes": bool(codes),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else 0,
        "codes_all": len(codes[0].wrap().generate_codes()) if codes else 0,
    }


def _sent(request: PersonRequest) -> QueryDict | None:
    """Return what a form sent, which may be nothing at all; None where none was sent."""
    return request.POST if request.method == "POST" else None


def _page(request: PersonRequest, name: str, form: forms.BaseForm) -> HttpResponse:
    problems = [
        (form[field].id_for_label if field in form.fields else "", said[0]) for field, said in form.errors.items()
    ]
    shown = {"form": form, "problems": problems}
    return render(request, f"accounts/{name}.html", shown, status=422 if problems else 200)


def _saved(request: PersonRequest, name: str) -> HttpResponse:
    messages.success(request, gettext("Saved."))
    return SeeOther(reverse(f"accounts:{name}"))
