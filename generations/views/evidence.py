"""The proof of a picture as its page shows it: figures with their names, both digests, and where the evidence lies."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from generations import proof
from generations.errors import NotFound
from generations.models import Generation


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page says of the kept pixels. equal: None where no pixel is kept in full, so nothing was compared.

    kept: how many are kept in full, written out. figures: name and value, as measured before encoding. matte: where it
    came from. encoding: what the file format did, in words. input_url, matte_url: signed, good as long as the result.
    """

    equal: bool | None
    kept: str
    figures: list[tuple[str, str]]
    input_sha256: str
    result_sha256: str
    matte: str
    encoding: str
    input_url: str
    matte_url: str


def panel(generation: Generation) -> Panel | None:
    """Return the panel of a finished picture; None where there is no proof, as of a run from before there were any."""
    try:
        evidence = proof.of(generation=generation)
    except NotFound:
        return None
    assert generation.result
    return Panel(
        equal=evidence["equal"],
        kept=f"{evidence['kept_pixels']:,}",
        figures=_figures(evidence),
        input_sha256=evidence["input_sha256"],
        result_sha256=evidence["result_sha256"],
        matte=_matte(generation.result.get("network", {})),
        encoding=_encoding(evidence, file_format=generation.result["format"]),
        input_url=evidence["input_url"],
        matte_url=evidence["matte_url"],
    )


def _figures(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    subject = evidence["subject"]
    shares = {
        gettext("Subject's share of the picture"): subject["coverage"],
        gettext("Of it kept in full"): subject["core_fraction"],
        gettext("Of it mixed along the outline"): subject["edge_fraction"],
    }
    figures = [(gettext("Pixels kept in full"), f"{evidence['kept_pixels']:,}")]
    figures += [(name, f"{100 * share:.2f} %") for name, share in shares.items() if share is not None]
    x, y = evidence["offset_px"]
    return [*figures, (gettext("Moved in the new frame"), f"{x}, {y} px")] if x or y else figures


def _matte(network: dict[str, Any]) -> str:
    """Say who decided what is kept."""
    match network.get("matte"):
        case "mask":
            return gettext("Your mask says what is kept.")
        case "alpha":
            return gettext("What is kept is what your picture's own transparency leaves.")
    return gettext("What is kept was found in the photo automatically.")


def _encoding(evidence: dict[str, Any], *, file_format: str) -> str:
    """Say what writing the file did to the pixels."""
    name, did = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP"}.get(file_format, file_format), evidence["encoding"]
    if evidence["lossless"]:
        return gettext("The %(format)s file holds exactly these pixels.") % {"format": name}
    if did["max_difference"] is None:
        return gettext("%(format)s changes pixels a little to save space.") % {"format": name}
    sentence = gettext(
        "All this was measured before the file was written. %(format)s changes pixels a little to save space: in the "
        "file a color of a kept pixel is at most %(most)d of 255 off, on average %(mean)s."
    )
    return sentence % {"format": name, "most": did["max_difference"], "mean": did["mean_difference"]}
