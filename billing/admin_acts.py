"""Pages of the operators' site that do something: each asks for a reason, then does it once and on the record."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import User
from billing.errors import ActRefused, PaymentsError, PaymentsRefused


class ReasonForm(forms.Form):
    """Why it is done; kept in the audit and, for tokens, in the journal."""

    reason = forms.CharField(min_length=3, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RefundForm(ReasonForm):
    """n: the number of the decision, so that a second click is the same one."""

    n = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    amount = forms.IntegerField(
        required=False, min_value=1, help_text="In the currency's smallest unit (cents); empty for all that is left."
    )


class GrantForm(ReasonForm):
    """once: names this gift, so that a second click is the same one."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    tokens = forms.IntegerField(min_value=1, max_value=1_000_000)


class SettleForm(ReasonForm):
    """once: the proposal's id, where another operator has to confirm."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class SureForm(forms.Form):
    """Nothing to fill in: the reason was given by who proposed it."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something an operator can do to a row. run(row, operator, values): does it and returns what to say."""

    name: str
    label: str
    form: type[forms.Form]
    run: Callable[[Any, User, dict[str, Any]], str]
    is_offered: Callable[[Any], bool] = lambda row: True
    initial: Callable[[Any], dict[str, Any]] = lambda row: {}


class Acts:
    """Adds a confirmation page for each of `acts` to a ModelAdmin, and links to those that are offered now."""

    acts: tuple[Act, ...] = ()
    model: Any
    admin_site: admin.AdminSite

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of the acts before Django's own."""
        pages = [
            path(f"<path:pk>/{act.name}/", self.admin_site.admin_view(self._confirmed(act)), name=self._url(act))
            for act in self.acts
        ]
        return [*pages, *super().get_urls()]  # type: ignore[misc]  # of the ModelAdmin beside it

    @admin.display(description="Acts")
    def offered(self, row: Any) -> SafeString:
        """Return links to what can be done with this row now."""
        links = [(self._address(act, row), act.label) for act in self.acts if act.is_offered(row)]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def _confirmed(self, act: Act) -> Callable[..., HttpResponse]:
        """Return the act's page for operators who said within five minutes who they are: a session may be stolen."""
        page: Callable[..., HttpResponse] = reauthentication_required(partial(self._page, act=act))
        return page

    def _url(self, act: Act) -> str:
        return f"billing_{self.model._meta.model_name}_{act.name}"

    def _address(self, act: Act, row: Any) -> str:
        return reverse(f"admin:{self._url(act)}", args=[quote(row.pk)])

    def _page(self, request: HttpRequest, pk: str, *, act: Act) -> HttpResponse:
        row = self.get_object(request, unquote(pk))  # type: ignore[attr-defined]  # as above
        if row is None:
            raise Http404
        form = act.form(request.POST if request.method == "POST" else None, initial=act.initial(row))
        if request.method == "POST" and form.is_valid():
            try:
                said = act.run(row, _operator(request), form.cleaned_data)
            except (ActRefused, PaymentsError) as error:
                form.add_error(None, _sentence(error))
            else:
                messages.success(request, said)
                return redirect(f"admin:billing_{self.model._meta.model_name}_change", quote(row.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": act.label,
            "row": row,
            "opts": self.model._meta,
            "form": form,
            "is_offered": act.is_offered(row),
        }
        return render(request, "admin/billing/act.html", context, status=422 if form.errors else 200)


def _operator(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "admin_view lets nobody else through"
    return request.user


def _sentence(error: ActRefused | PaymentsError) -> str:
    if isinstance(error, PaymentsRefused):
        return gettext("Stripe refused: %(reason)s") % {"reason": error.reason}
    return gettext(error.message)
