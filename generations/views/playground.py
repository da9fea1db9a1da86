"""The playground: the studio's form beside the call it stands for, which it also makes and prints.

A session never opens `/api/v1`: the call is made here, by the very functions that serve the API's own.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import ratelimit, workspaces
from accounts.answers import SeeOther
from accounts.gcra import Verdict
from accounts.models import Workspace
from accounts.views import PersonRequest
from billing import ledger
from generations import canvas_fields, catalog, samples, storage
from generations.api import accepting, errors, headers, throttling
from generations.api.askers import Player
from generations.catalog import CatalogModel
from generations.errors import ModelUnavailable, UnknownModel
from generations.models import Generation
from generations.playground_form import LANGUAGES, PlaygroundForm
from generations.threads import in_thread, to_the_end
from generations.views import again, calls, photos, presets, progress, studio
from generations.views.calls import Printed
from generations.views.words import told
from roomai_web.errors import RoomAIError

KEY = "playground"
# Buttons of the form that put their value into a field; with scripts they need no round trip.
FILLS = {"suggestion": "prompt", "swatch": "background_color"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form as it came, its files kept by now. refused: what was wrong with one, or is gone, by field."""

    workspace: Workspace
    form: PlaygroundForm
    refused: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def playground(request: PersonRequest) -> HttpResponse:
    """Show form and code, and the answer of the run in `?run=`; a POST shows them again as its button asks."""
    if request.method == "POST":
        sent = _sent(request)
        return _page(request, sent, status=HTTPStatus.UNPROCESSABLE_ENTITY if sent.refused else HTTPStatus.OK)
    workspace = workspaces.personal(user=request.user)
    run = _of(workspace, request.GET.get("run", ""))
    remembered = _remembered(request, run)
    if remembered:
        form = PlaygroundForm(_model(remembered["model"]), remembered["fields"])
        return _page(request, Sent(workspace=workspace, form=form, refused={}), run=run)
    return _page(request, _started(workspace, request.GET, run), run=run)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Answer the call that the form stands for, as code, while somebody types; nothing is kept or sent."""
    if not request.user.is_authenticated:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)  # the page stays as it is until something is sent
    data = _filled(request.POST)
    return render(request, "generations/_playground_code.html", _code(_form(data)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
async def run(request: PersonRequest) -> HttpResponse:
    """Make the call: lead to the page of its answer, or print the refusal. One form makes one picture of a kind."""
    if request.method != "POST":
        return SeeOther.to("generations:playground")  # a reload after signing in anew
    began = time.monotonic()
    sent = await in_thread(partial(_sent, request))
    if sent.refused:
        return await in_thread(partial(_page, request, sent, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    body = sent.form.body()
    idem_key = f"playground:{sent.form.cleaned_data.get('submission_id') or uuid4()}"
    player = await in_thread(partial(_player, request, sent.workspace))
    try:
        rate = await in_thread(partial(_count, request, sent.workspace))
        accepted = await to_the_end(accepting.accept_values(values=body, asker=player, idem_key=idem_key))
    except RoomAIError as refusal:
        response = errors.answer(request, refusal)
        request.caller = player  # type: ignore[attr-defined]  # where the envelope looks for whose balance to tell
        await headers.add(request, response)
        answer = calls.printed(response, request_id=errors.request_id(request), time_ms=_ms_since(began))
        marks = sent.form.marks(refusal.extra.get("fields", {}))
        return await in_thread(partial(_page, request, sent, answer=answer, marks=marks, status=response.status_code))
    call = {
        "request_id": errors.request_id(request),
        "accept_ms": _ms_since(began),
        "is_replay": accepted.is_replay,
        "rate": ratelimit.headers(rate),
    }
    return await in_thread(partial(_led_to_answer, request, sent.form, accepted.generation, call))


@require_safe
@login_required
@never_cache
def outcome(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Answer the poll: what the call is answered by now, without a trigger once it is over."""
    found = _of(workspaces.personal(user=request.user), str(generation_id))
    if found is None:
        raise Http404
    return render(request, "generations/_playground_polled.html", _outcome(request, found) | {"polled": True})


def _ms_since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))


def _model(name: str) -> CatalogModel:
    try:
        return catalog.get(name)
    except (UnknownModel, ModelUnavailable) as unknown:
        raise Http404 from unknown


def _form(data: QueryDict) -> PlaygroundForm:
    return PlaygroundForm(_model(str(data.get("other_model") or data.get("model") or studio.MODEL)), data.dict())


def _filled(sent: QueryDict) -> QueryDict:
    data = sent.copy()
    for button, field in FILLS.items():
        if button in data:
            data[field] = str(data[button])
    return data


def _sent(request: PersonRequest) -> Sent:
    """Keep what was sent, a sample that was pressed too, and return the form of it."""
    workspace, data = workspaces.personal(user=request.user), _filled(request.POST)
    if data.get("sample"):
        data["upload"] = data["mask_upload"] = data["image_url"] = ""
    elif request.FILES.get("image"):
        data["image_url"] = ""
    refused = photos.keep(workspace=workspace, data=data, files=request.FILES)
    return Sent(workspace=workspace, form=_form(data), refused=refused)


def _started(workspace: Workspace, asked: QueryDict, earlier: Generation | None) -> Sent:
    """Return the form of an earlier run, or of the model's own example with a photo of ours."""
    if earlier := earlier or _of(workspace, asked.get("generation", "")):
        model = _model(earlier.model)
        fields = again.settings_of(earlier, model=model)
        refused = {field: str(sentence) for field, sentence in again.gone(earlier, fields=fields).items()}
        try:
            fields["upload"] = again.photo(workspace=workspace, earlier=earlier)
        except RoomAIError as refusal:
            refused["image"] = told(refusal)
        return Sent(workspace=workspace, form=PlaygroundForm(model, fields), refused=refused)
    model = _model(asked.get("model", studio.MODEL))
    data = QueryDict(mutable=True)
    data["prompt"] = asked.get("prompt") or str(model.request.get("prompt", ""))
    # Kept as if it had been sent, so that the code names a photo which the call can have.
    data["sample"] = next(iter(photos.SAMPLES))
    refused = photos.keep(workspace=workspace, data=data, files=MultiValueDict())
    return Sent(workspace=workspace, form=PlaygroundForm(model, data.dict()), refused=refused)


def _of(workspace: Workspace, text: str) -> Generation | None:
    """Return the workspace's generation of this id, live or test; None when it is deleted, another's or no id."""
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    return Generation.objects.for_workspace(workspace).filter(pk=wanted, deleted_at__isnull=True).first()


def _player(request: PersonRequest, workspace: Workspace) -> Player:
    return Player(
        workspace=workspace,
        wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
        livemode=request.POST.get("mode") == "live",
        created_by=request.user,
    )


def _count(request: PersonRequest, workspace: Workspace) -> Verdict:
    """Count the run among the calls of its workspace, as the API does: a test run costs nothing else."""
    method, path = throttling.GENERATE
    verdict = throttling.judge(method=method, path=path, workspace_id=workspace.id)
    request.rate = verdict  # type: ignore[attr-defined]  # where the envelope looks
    if not verdict.admitted:
        raise throttling.refusal(verdict)
    return verdict


def _led_to_answer(
    request: PersonRequest, form: PlaygroundForm, made: Generation, call: Mapping[str, Any]
) -> HttpResponse:
    """Remember form and call in the session, whose words are in no address and no log; lead to the answer."""
    request.session[KEY] = {
        "run": str(made.id),
        "model": form.model.id,
        "fields": form.kept(),
        "call": dict(call),
    }
    query = {"run": str(made.id), "lang": _language(request.POST)}
    return SeeOther.to("generations:playground", query=query, fragment="outcome")


def _remembered(request: HttpRequest, run: Generation | None) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(KEY, {})
    return kept if run and kept.get("run") == str(run.id) else {}


def _outcome(request: HttpRequest, generation: Generation) -> dict[str, Any]:
    """Return what the panel of the answer shows of a run."""
    call: dict[str, Any] = {"request_id": errors.request_id(request), "accept_ms": 0, "is_replay": False, "rate": {}}
    call |= _remembered(request, generation).get("call", {})
    shown = progress.of(generation) if not generation.is_finished else {}
    url = storage.preview_url(generation, key=generation.result_key) if generation.result_key else ""
    answer = calls.of_generation(request, generation, **call)
    return shown | {"generation": generation, "answer": answer, "result_url": url}


def _language(asked: Mapping[str, Any]) -> str:
    return str(asked.get("lang")) if asked.get("lang") in LANGUAGES else next(iter(LANGUAGES))


def _code(form: PlaygroundForm) -> dict[str, Any]:
    written = samples.for_request(body=form.body(), base_url=settings.PUBLIC_URL)
    return {"samples_of_call": [(name, label, written[name]) for name, label in LANGUAGES.items()]}


@cache
def _samples_by_digest() -> dict[str, photos.Sample]:
    return {sha256(one.read()).hexdigest(): one for one in photos.samples()}


def _photo(workspace: Workspace, form: PlaygroundForm) -> photos.Photo | None:
    """Return the photo the form shows; the bytes of an upload are never sent back, a sample of ours is shown."""
    kept = photos.shown(workspace=workspace, upload=str(form["upload"].value() or ""), sample="", again="")
    if kept and (ours := _samples_by_digest().get(kept.sha256)):
        return replace(kept, url=ours.thumb, name=str(ours.title))
    return kept


def _page(
    request: PersonRequest,
    sent: Sent,
    *,
    run: Generation | None = None,
    answer: Printed | None = None,
    marks: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return the whole page. answer: of a call that was refused; marks: what it says of a field, beside that field."""
    form, workspace = sent.form, sent.workspace
    context = _code(form) | {
        "form": form,
        "model": form.model,
        "models": [(one.id, studio.MODEL_LABELS.get(one.id, one.name)) for one in catalog.available()],
        "carried": form.carried(request.POST),
        "submission_id": uuid4(),
        "photo": _photo(workspace, form),
        "photo_samples": photos.samples(),
        "problems": [(f"id_{name}" if name in form.fields else "", said) for name, said in sent.refused.items()],
        "tokens": form.model.tokens,
        "drop_words": studio.drop_words(),
        "language": _language(request.POST or request.GET),
        "languages": LANGUAGES,
        "answer": answer,
    }
    for field, sentence in {**sent.refused, **(marks or {})}.items():
        form.add_error(field if field in form.fields else None, sentence)
    if form.model.takes("background"):
        own = photos.upload_of(workspace=workspace, upload_id=str(form["background_upload"].value() or ""))
        context |= {
            "presets": presets.shown(str(form["prompt"].value() or "")),
            "colors": studio.COLORS,
            "backdrop": own,
        }
    if form.model.takes("canvas"):
        context["most_padding"] = canvas_fields.most_padding(form.model)
    if run:
        context |= _outcome(request, run)
    return render(request, "generations/playground.html", context, status=status)
