"""What this installation's settings say about the cut-out, and whether its network is there. Loads no network."""

from django.conf import settings

from generations.images import networks
from generations.images.networks import Choice


def choice() -> Choice:
    """Return the network, recipe and runtime of the settings, which refuse other words than these at the start."""
    return Choice(
        network=settings.MATTE_MODEL,
        networks_dir=settings.MATTE_NETWORKS,
        recipe=settings.MATTE_RECIPE,
        runtime=settings.MATTE_RUNTIME,
    )


def fault() -> str | None:
    """Say what is wrong with the chosen network as far as a glance tells (`networks.fault`), or None."""
    return networks.fault(
        name=settings.MATTE_MODEL, weights_dir=settings.WEIGHTS_DIR, networks_dir=settings.MATTE_NETWORKS
    )
