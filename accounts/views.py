"""Pages of API keys, and the page where an operator chooses a first password."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import api_keys, enrollment, notices, workspaces
from accounts.errors import KeyAlreadyShown, TooManyKeys
from accounts.forms import FirstPasswordForm, KeyForm
from accounts.models import ApiKey, User

KEYS_SHOWN = 100


class PersonRequest(HttpRequest):
    """A request whose sender is signed in, as `login_required` makes sure."""

    user: User


@require_safe
@login_required
def keys(request: PersonRequest) -> HttpResponse:
    """List the workspace's keys, the newest first."""
    workspace = workspaces.personal(user=request.user)
    listed = ApiKey.objects.for_workspace(workspace).select_related("created_by").order_by("-created_at")
    return render(request, "accounts/keys.html", {"keys": listed[:KEYS_SHOWN]})


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no type information
@sensitive_variables("plain")
def key_create(request: PersonRequest) -> HttpResponse:
    """Ask what the key is for, make it and show it in this one answer; its text is stored nowhere."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            key, plain = api_keys.create(
                workspace=workspaces.personal(user=request.user),
                created_by=request.user,
                name=chosen["name"],
                livemode=chosen["mode"] == "live",
                scopes=chosen["scopes"],
                expires_at=form.expires_at,
                key_id=chosen["key_id"],
            )
        except KeyAlreadyShown:
            # The page with the key was reloaded, which sends its form again.
            return render(request, "accounts/key_shown.html", {"key": None}, status=409)
        except TooManyKeys as refusal:
            form.add_error(None, refusal.message)
        else:
            notices.key_created(key=key)
            return render(request, "accounts/key_shown.html", {"key": key, "plain": plain})
    # Of the first problem of each field, with the field's id, the page makes the list of problems on its top.
    problems = [(form[name].id_for_label if name in form.fields else "", said[0]) for name, said in form.errors.items()]
    answer = {"form": form, "problems": problems}
    return render(request, "accounts/key_create.html", answer, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@login_required
def key_revoke(request: PersonRequest, key_id: UUID) -> HttpResponse:
    """Ask once more, then revoke the key; another workspace's key is not found."""
    key = get_object_or_404(ApiKey.objects.for_workspace(workspaces.personal(user=request.user)), pk=key_id)
    if request.method == "POST":
        was_working = key.revoked_at is None
        api_keys.revoke(key=key, by=request.user)
        if was_working:
            notices.key_revoked(key=key)
        # Isolated, as <bdi> does it on pages: no sign in a name turns the words beside it.
        name = f"\u2068{key.name}\u2069"
        messages.success(request, gettext("The key %(name)s no longer works.") % {"name": name})
        return redirect("accounts:keys")
    return render(request, "accounts/key_revoke.html", {"key": key})


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def enroll(request: HttpRequest, token: str) -> HttpResponse:
    """Let an operator choose a password, sign them in and lead them to the second factor."""
    user = enrollment.invited(token=token)
    if user is None:
        return render(request, "accounts/enroll.html", {"form": None}, status=410)
    form = FirstPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        operator = enrollment.accept(token=token, password=form.cleaned_data["password"])
        if operator is None:
            return render(request, "accounts/enroll.html", {"form": None}, status=410)
        answer: HttpResponse = perform_login(request, operator, redirect_url=reverse("mfa_activate_totp"))
        return answer
    return render(
        request, "accounts/enroll.html", {"form": form, "email": user.email}, status=422 if form.errors else 200
    )
