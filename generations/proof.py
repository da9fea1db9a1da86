"""The proof of a finished generation: what was measured when it was made, and where the evidence lies."""

from typing import Any

from generations import storage
from generations.errors import NotFound
from generations.models import Generation


def of(*, generation: Generation) -> dict[str, Any]:
    """Return the contract's `proof`: both digests of the kept pixels, what encoding did, and signed links.

    The links live as long as the result. Raises NotFound where there is nothing to prove any more: not succeeded,
    deleted, handed back, in the trash, past its time.
    """
    recorded = (generation.result or {}).get("proof")
    if not (generation.is_succeeded and generation.result and recorded) or generation.is_gone:
        raise NotFound
    return {
        **recorded,
        "matte_url": storage.evidence_url(generation, name="matte"),
        "input_url": storage.evidence_url(generation, name="image"),
        "subject": generation.result["subject"],
    }
