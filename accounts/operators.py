"""The operators' site: Django's admin behind the ordinary sign-in, for staff with a second factor only."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _


class OperatorsSite(AdminSite):
    """The admin that has no sign-in form of its own, so that no limit or second factor can be walked round."""

    site_header = site_title = _("Room AI operators")
    index_title = _("Overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether this is an active member of staff who has set up a second factor."""
        return super().has_permission(request) and is_mfa_enabled(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the sign-in page and staff without a second factor to where it is set up; else 403."""
        answer: HttpResponse = secure_admin_login(self._admit)(request)
        return answer

    def _admit(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_permission(request):
            return redirect("mfa_activate_totp")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return redirect(wanted)
        return redirect("admin:index")
