"""From the studio's form to its runs: the pictures it names, the frame looked at before, one submission a press."""

import hashlib
from uuid import uuid4

from django.utils.translation import gettext

from accounts import preferences
from accounts.models import User, Workspace
from generations import overload, services, storage
from generations.catalog import Parameters
from generations.forms import StudioForm
from generations.images.errors import CanvasNotPossible
from generations.images.framing import Canvas
from generations.models import Generation, Upload
from generations.views import frames, photos
from generations.views.words import told


def pictures_of(workspace: Workspace, form: StudioForm, parameters: Parameters) -> dict[str, Upload] | None:
    """Return the run's pictures by what they are for; None when one has lapsed, said at its field."""
    uploads: dict[str, Upload] = {}
    for name, field in (("image", "image"), ("mask", "mask"), ("background", "background_image")):
        if not (named := parameters.pictures().get(name)):
            continue
        found = photos.upload_of(workspace=workspace, upload_id=getattr(named, "id", ""))
        if found is None:
            form.add_error(field, gettext("This picture is not kept any more. Choose it again."))
            return None
        uploads[name] = found
    return uploads


def can_be_framed(form: StudioForm, parameters: Parameters, uploads: dict[str, Upload]) -> bool:
    """Say whether the frame can be, as far as the subject is known already; the reason is said at its field."""
    if not (canvas := parameters.settings().get("canvas")):
        return True
    try:
        frames.drawing(upload=uploads["image"], mask=uploads.get("mask"), canvas=Canvas.of(canvas))
    except CanvasNotPossible as refusal:
        form.add_error("canvas_aspect", told(refusal))
        return False
    return True


def submit(
    *,
    workspace: Workspace,
    person: User,
    form: StudioForm,
    parameters: Parameters,
    kept: dict[str, Upload],
) -> Generation:
    """Return the first run of this form, made now or by an earlier sending of it; raises what `services.submit` does.

    All the pictures the form asks for begin together or none does.
    """
    fingerprint = _fingerprint(form, parameters, kept)
    submission = f"studio:{form.cleaned_data['submission_id'] or uuid4()}"
    earlier = services.replay(
        workspace_id=workspace.id,
        livemode=True,
        idem_key=services.key_of(submission=submission, n=1),
        fingerprint=fingerprint,
    )
    if earlier:
        return earlier
    overload.refuse_if_overloaded()
    return services.submit(
        workspace=workspace,
        created_by=person,
        api_key=None,
        model_id=form.model.id,
        tokens=form.model.tokens,
        params=parameters.settings(),
        inputs={name: storage.input_of(upload=upload) for name, upload in kept.items()},
        idem_key=submission,
        fingerprint=fingerprint,
        livemode=True,
        retention_days=parameters.retention_days or preferences.retention_days(workspace),
        count=form.pictures,
    ).generation


def _fingerprint(form: StudioForm, parameters: Parameters, kept: dict[str, Upload]) -> bytes:
    """Return what the form asks for; how many is part of it, so that another number under the same id is a conflict."""
    uploads = {one.id: bytes(one.sha256) for one in kept.values()}
    asked = parameters.fingerprint(model_id=form.model.id, uploads=uploads)
    return hashlib.sha256(asked + bytes([form.pictures])).digest()
