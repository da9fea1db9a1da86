"""Finding the subject of a photo: decode, matte, the subject's own colors. No database, no queue, no settings."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generations.images import checks, masks, refine
from generations.images.decoder import Decoded, Decoder, own_matte
from generations.images.errors import ImageRefused
from generations.images.matting import Matter
from generations.parts import CutOut, FoundMatte, KeptMatte

Pixels = NDArray[np.uint8]

OWN_ALPHA_BELOW, OWN_ALPHA_SHARE = 250, 0.01


class SubjectFinder:
    """Takes photos apart, one after another; what it raises is ImageRefused and its branches."""

    def __init__(self, decoder: Decoder, matter: Matter, recipe: refine.Recipe) -> None:
        self.decoder = decoder
        self._matter = matter
        self._recipe = recipe

    @property
    def identity(self) -> str:
        """What an automatic matte depends on besides the picture: network, runtime, recipe. WeightsUnavailable where
        the runtime is not installed."""
        return f"{self._matter.network.sha256} {self._matter.runtime} {self._recipe.name}-{self._recipe.revision}"

    def cut_out(self, photo: Decoded, *, mask: Pixels | None, kept: KeptMatte | None) -> CutOut:
        """Take a photo apart by the caller's mask, else by its own alpha, else by what was or is now found in it."""
        rgb = photo.rgb
        if mask is not None:
            checks.require_mask(mask)
            return CutOut(rgb, mask, self._foreground(rgb, mask), {"matte": "mask"})
        found = self.find(photo, kept=kept)
        # A cut-out's half-transparent pixels carry the subject's color already; nothing shines through.
        foreground = rgb if found.origin["matte"] == "alpha" else self._foreground(rgb, found.matte)
        return CutOut(rgb, found.matte, foreground, found.origin)

    def find(self, photo: Decoded, *, kept: KeptMatte | None = None) -> FoundMatte:
        """Return the photo's matte: its own alpha, what was found in it before, or what the network finds."""
        if photo.alpha is not None and (photo.alpha < OWN_ALPHA_BELOW).mean() >= OWN_ALPHA_SHARE:
            checks.require_own_alpha(photo.alpha)
            return FoundMatte(photo.alpha, {"matte": "alpha"})
        if kept is not None:
            return FoundMatte(own_matte(kept.png), self._origin | kept.said | {"kept": True})
        coarse = self._matter.find(photo.rgb)
        refined = refine.refined(coarse.plane, rgb=photo.rgb, recipe=self._recipe)
        checks.require_subject(coarse=coarse, matte=refined.matte)
        said = {"raw_max": round(coarse.raw_max, 4), "raw_share": round(coarse.raw_share, 4)}
        return FoundMatte(refined.matte, self._origin | said | {"refinement": refined.refinement, "kept": False})

    def matte_of(self, rgb: Pixels) -> Pixels:
        """Return what the network sees in any picture, unchecked: for the gates of engines that redraw."""
        return refine.refine(self._matter.find(rgb).plane, rgb=rgb, recipe=refine.JUDGING)

    def read_mask(self, mask: bytes, *, size_px: tuple[int, int] | None, limit_bytes: int) -> Pixels:
        """Return a received mask as a matte, HxW, stretched to (width, height) or at its own size."""
        drawn = self.decode_part(mask, what="mask", limit_bytes=limit_bytes)
        height_px, width_px = drawn.rgb.shape[:2]
        wide, high = size_px or (width_px, height_px)
        return masks.of_picture(drawn, width_px=wide, height_px=high)

    def decode_part(self, data: bytes, *, what: Literal["mask", "background"], limit_bytes: int) -> Decoded:
        """Decode a second picture of the call; a refusal says which of them it is about."""
        try:
            return self.decoder.decode(data, limit_bytes=limit_bytes)
        except ImageRefused as refusal:
            refusal.about(what)
            raise

    def _foreground(self, rgb: Pixels, matte: Pixels) -> Pixels:
        return refine.decontaminate(rgb, matte, recipe=self._recipe)

    @property
    def _origin(self) -> dict[str, Any]:
        """What the record says of every matte this network makes."""
        return {
            "matte": "network",
            "name": self._matter.network.name,
            "sha256": self._matter.network.sha256,
            "runtime": self._matter.runtime,
            "recipe": f"{self._recipe.name}-{self._recipe.revision}",
        }
