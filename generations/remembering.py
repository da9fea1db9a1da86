"""The worker's way to the kept mattes: what was found in this very picture before, and what is found now.

Nothing here may cost anybody their picture: a matte that cannot be read is made again, one that cannot be kept is not.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db import DatabaseError

from generations import mattes, storage
from generations.images import canvas, outline
from generations.images.decoder import own_matte
from generations.mattes import Found, Known
from generations.parts import KeptMatte

log = structlog.get_logger(__name__)

#: What is kept of an origin: all that the matte's key does not say already.
SAID = ("raw_max", "raw_share", "refinement")


def recall(*, known: Known) -> KeptMatte | None:
    """Return what the network found in this picture before; None where it was not asked, or found nothing."""
    row = mattes.kept(known=known)
    if row is None or row.said is None:
        return None
    try:
        return KeptMatte(storage.read(row.object_key), row.said)
    except FileNotFoundError:
        return None


def remember(*, known: Known, png: bytes, origin: Mapping[str, Any] | None = None) -> None:
    """Keep a matte (L8 PNG of ours) with its outline; origin: the pipeline's, where a network was asked."""
    matte = own_matte(png)
    height_px, width_px = matte.shape
    found = Found(
        png=png,
        width_px=width_px,
        height_px=height_px,
        outline=outline.trace(matte),
        box=canvas.box_of(matte) if matte.any() else None,
        said={name: origin[name] for name in SAID} if origin else None,
    )
    try:
        mattes.keep(known=known, found=found)
    except (DatabaseError, OSError) as error:
        log.warning("matte_not_kept", error=type(error).__name__)
