"""The pages by which people take their data along and leave."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit, closing, exports
from accounts.answers import SeeOther, chunks
from accounts.models import Export
from accounts.settings_forms import DeletionForm
from accounts.views import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no type information
def delete(request: PersonRequest) -> HttpResponse:
    """Say what goes and what stays; on POST begin the grace and sign the person out everywhere."""
    form = DeletionForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        closing.schedule(user=request.user, ip=get_adapter().get_client_ip(request))
        logout(request)
        return SeeOther.to("accounts:leaving")
    problems = [(form[name].id_for_label, said[0]) for name, said in form.errors.items()]
    shown = {"form": form, "problems": problems, "days": closing.GRACE.days}
    return render(request, "accounts/delete.html", shown, status=422 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # as above
def export(request: PersonRequest) -> HttpResponse:
    """Show the export that is under way or ready; on POST have one packed."""
    if request.method == "POST":
        exports.ask(user=request.user, ip=get_adapter().get_client_ip(request))
        return SeeOther.to("accounts:export")
    return render(request, "accounts/export.html", {"export": exports.latest(user=request.user)})


@require_safe
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # as above
def export_file(request: PersonRequest, export_id: UUID) -> StreamingHttpResponse:
    """Send the file to the person it is of, and to nobody else; none but they can tell that it is there."""
    found = get_object_or_404(Export, id=export_id, user=request.user)
    if not found.is_ready:
        raise Http404
    audit.record(actor=audit.user(request.user), what="export_downloaded", target=f"export {found.id}")
    file = default_storage.open(found.object_key, "rb")
    answer = StreamingHttpResponse(chunks(file), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="room-ai-data.zip"'
    answer["Content-Length"] = str(found.size_bytes)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """Say what happens now to whoever has just asked for the end of their account."""
    return render(request, "accounts/leaving.html", {"days": closing.GRACE.days})
