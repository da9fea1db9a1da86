"""What `manage.py check --deploy` says about an operator's own photographs."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register(deploy=True)
def plates_are_usable(**_asked: Any) -> list[CheckMessage]:
    """Name every photograph of `ROOMAI_PLATES` that the workers will skip, and why. Decodes each one."""
    if settings.PLATES_DIR is None:
        return []
    # The libraries that read pictures are loaded below the worker, never by the web process, which loads this module.
    from generations.images.decoder import Decoder
    from generations.pipeline import load_plates

    with Decoder() as decoder:
        faults = load_plates(plates_dir=settings.PLATES_DIR, decoder=decoder).faults
    return [Warning(f"Plate {name}: {fault}", id="generations.W001") for name, fault in faults.items()]
