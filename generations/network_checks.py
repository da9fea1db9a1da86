"""What `manage.py check --deploy` says about the network that cuts subjects out."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from generations import cutting_out


@register(deploy=True)
def network_is_usable(**_asked: Any) -> list[CheckMessage]:
    """Say why the workers cannot use the chosen network, if they cannot: record, file, hash, shapes. Loads it once."""
    # The libraries of networks are loaded below the worker, never by the web process, which loads this module.
    from generations.images import matting

    fault = matting.fault(weights_dir=settings.WEIGHTS_DIR, choice=cutting_out.choice())
    return [Warning(f"MATTE_MODEL {settings.MATTE_MODEL}: {fault}", id="generations.W002")] if fault else []
