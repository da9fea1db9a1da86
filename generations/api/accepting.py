"""From a call to a submitted generation: read, check, ask for a replay, look at the balance, fetch, store, submit.

No connection is held and no transaction open while pictures are fetched; nothing is written before `submit`.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest

from accounts import preferences
from billing import ledger
from generations import catalog, fetch, overload, own_results, services, storage
from generations.api import parsing
from generations.api.askers import Asker
from generations.api.auth import Caller
from generations.catalog import CatalogModel, InlineImage, Parameters, UploadImage, UrlImage
from generations.catalog.base import SEED_MAX
from generations.errors import InvalidParameters
from generations.images.errors import ImageRefused, ImageTooLarge
from generations.images.gate import LIMIT_BYTES, OWN_LIMIT_BYTES
from generations.models import Generation, Upload
from generations.services import StoredInput
from generations.threads import in_thread
from generations.webhooks import endpoints

NO_UPLOAD = "There is no such upload, or it has lapsed."


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked call. uploads: those it names, by id. earlier: the generation its idempotency key stands for."""

    model: CatalogModel
    parameters: Parameters
    uploads: Mapping[str, Upload]
    fingerprint: bytes
    earlier: Generation | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The generation that answers the call. is_replay: it was made by an earlier call with the same key."""

    generation: Generation
    is_replay: bool


async def accept(*, request: HttpRequest, caller: Caller, idem_key: str | None) -> Accepted:
    """Return the generation this call asks for, made now or by an earlier call; a replay fetches nothing.

    Raises every refusal of the contract that comes before the work begins; none of them costs anything.
    """
    return await _taken(await in_thread(partial(_read, request, caller, idem_key)), caller, idem_key)


async def accept_values(*, values: Mapping[str, Any], asker: Asker, idem_key: str) -> Accepted:
    """Return the generation that a call with these values, a JSON body's, would ask for; raises as `accept` does."""
    return await _taken(await in_thread(partial(_wish, values, asker, idem_key)), asker, idem_key)


async def _taken(wish: Wish, asker: Asker, idem_key: str | None) -> Accepted:
    if wish.earlier:
        return Accepted(wish.earlier, is_replay=True)
    pictures = wish.parameters.pictures()
    all_bytes = await asyncio.gather(*(_bytes_of(picture, asker) for picture in pictures.values()))
    received = dict(zip(pictures, all_bytes, strict=True))
    submitted = await in_thread(partial(_submit, wish, asker, idem_key, received))
    return Accepted(submitted.generation, is_replay=not submitted.created)


def _read(request: HttpRequest, caller: Caller, idem_key: str | None) -> Wish:
    values = parsing.read(request)
    # The files of a form are counted each by itself.
    inline_limit = LIMIT_BYTES if request.content_type == "application/json" else None
    return _wish(values, caller, idem_key, inline_limit=inline_limit)


def _wish(
    values: Mapping[str, Any], asker: Asker, idem_key: str | None, *, inline_limit: int | None = LIMIT_BYTES
) -> Wish:
    """Steps before the fetch: validation, replay, and the early look at balance and queue, which a replay skips."""
    model = _model_of(values)
    parameters = model.validated(values)
    if inline_limit is not None:
        _check_inline_total(parameters, limit_bytes=inline_limit)
    uploads = _uploads_of(parameters, asker)
    digests = {upload_id: bytes(upload.sha256) for upload_id, upload in uploads.items()}
    fingerprint = parameters.fingerprint(model_id=model.id, uploads=digests)
    earlier = services.replay(
        workspace_id=asker.workspace.id,
        livemode=asker.livemode,
        idem_key=idem_key,
        fingerprint=fingerprint,
    )
    if earlier is None:
        _refuse_lapsed(parameters, uploads)
        if parameters.webhook_url:
            endpoints.check_address(url=parameters.webhook_url, field="webhook_url")
        # A test key pays nothing, but a frozen workspace makes no pictures with it either.
        tokens = model.tokens if asker.livemode else 0
        ledger.early_refusal(wallet_id=asker.wallet_id, tokens=tokens, cap=services.cap_of(asker.api_key))
        overload.refuse_if_overloaded()
    return Wish(model, parameters, uploads, fingerprint, earlier)


def _model_of(values: Mapping[str, Any]) -> CatalogModel:
    name = values.get("model")
    if not isinstance(name, str):
        raise InvalidParameters(fields={"model": ["This is required." if name is None else "This must be text."]})
    return catalog.get(name)


def _check_inline_total(parameters: Parameters, *, limit_bytes: int) -> None:
    inline = [picture for picture in parameters.pictures().values() if isinstance(picture, InlineImage)]
    if sum(len(picture.data) for picture in inline) > limit_bytes:
        raise ImageTooLarge("These pictures are larger than 20 MiB together.", limit_bytes=limit_bytes)


def _uploads_of(parameters: Parameters, asker: Asker) -> dict[str, Upload]:
    """Return the uploads a call names, lapsed ones too: a replay may name what has lapsed since."""
    named = _named_uploads(parameters)
    rows = Upload.objects.of_workspace(asker.workspace, livemode=asker.uploads_livemode)
    found = {upload.id: upload for upload in rows.filter(id__in=set(named.values()))}
    _refuse_lost([field for field, upload_id in named.items() if upload_id not in found])
    return found


def _refuse_lapsed(parameters: Parameters, uploads: Mapping[str, Upload]) -> None:
    _refuse_lost([field for field, one in _named_uploads(parameters).items() if uploads[one].is_lapsed])


def _refuse_lost(fields: list[str]) -> None:
    if fields:
        raise InvalidParameters(fields={field: [NO_UPLOAD] for field in fields})


def _named_uploads(parameters: Parameters) -> dict[str, str]:
    """Return the upload ids of a call by the field that names each."""
    fields = {"background": "background.image"}
    pictures = parameters.pictures().items()
    return {fields.get(name, name): one.id for name, one in pictures if isinstance(one, UploadImage)}


async def _bytes_of(picture: UrlImage | InlineImage | UploadImage, asker: Asker) -> bytes | str:
    """Return the picture's bytes, or the id of the upload that holds them."""
    match picture:
        case InlineImage(data):
            return data
        case UploadImage(upload_id):
            return upload_id
        case UrlImage(url) if own_results.is_ours(url):
            whose, livemode = asker.workspace, asker.livemode
            return await in_thread(partial(own_results.read, url=url, workspace=whose, livemode=livemode))
        case UrlImage(url):
            return await fetch.picture(url=url, workspace_id=asker.workspace.id)


def _submit(wish: Wish, asker: Asker, idem_key: str | None, received: Mapping[str, bytes | str]) -> services.Submitted:
    params = wish.parameters.settings()
    if params.get("seed") is None:
        params["seed"] = secrets.randbelow(SEED_MAX + 1)
    return services.submit(
        workspace=asker.workspace,
        created_by=asker.created_by,
        api_key=asker.api_key,
        model_id=wish.model.id,
        tokens=wish.model.tokens,
        params=params,
        inputs={name: _stored(name, data, wish, asker) for name, data in received.items()},
        idem_key=idem_key,
        fingerprint=wish.fingerprint,
        livemode=asker.livemode,
        retention_days=wish.parameters.retention_days or preferences.retention_days(asker.workspace),
        webhook_url=wish.parameters.webhook_url or "",
    )


def _stored(name: str, data: bytes | str, wish: Wish, asker: Asker) -> StoredInput:
    if isinstance(data, str):
        return storage.input_of(upload=wish.uploads[data])
    picture = wish.parameters.pictures()[name]
    # Read from storage, as we wrote it: a noisy result weighs more than anybody may send.
    is_ours = isinstance(picture, UrlImage) and own_results.is_ours(picture.url)
    limit_bytes = OWN_LIMIT_BYTES if is_ours else LIMIT_BYTES
    try:
        return storage.store_input(workspace_id=asker.workspace.id, data=data, limit_bytes=limit_bytes)
    except ImageRefused as refusal:
        if name != "image":
            refusal.about(name)
        raise
