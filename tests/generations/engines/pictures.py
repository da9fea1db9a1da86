"""Small photographs with known mattes, drawn with numpy."""

import numpy as np

from generations.engines.base import EditRequest, Pixels


def chair(width: int = 360, height: int = 300, *, lit_from: str = "left") -> tuple[Pixels, Pixels]:
    """A seat on four legs in the middle of the frame, brighter on the side it is lit from."""
    alpha = np.zeros((height, width), np.uint8)
    y = lambda share: round(share * height)  # noqa: E731 - two scales, nothing more
    x = lambda share: round(share * width)  # noqa: E731
    alpha[y(0.3) : y(0.62), x(0.36) : x(0.66)] = 255
    for left, foot in ((0.37, 0.80), (0.62, 0.82), (0.45, 0.74), (0.57, 0.75)):
        alpha[y(0.6) : y(foot), x(left) : x(left + 0.025)] = 255
    ramp = np.linspace(200, 80, width) if lit_from == "left" else np.linspace(80, 200, width)
    rgb = np.repeat(np.repeat(ramp[None, :, None], height, 0), 3, 2).astype(np.uint8)
    return rgb, alpha


def request(prompt: str, *, seed: int = 1, lit_from: str = "left", width: int = 360, height: int = 300) -> EditRequest:
    rgb, alpha = chair(width, height, lit_from=lit_from)
    return EditRequest(image=rgb, matte=alpha, prompt=prompt, seed=seed)


def over(matte: Pixels, prompt: str, seed: int = 1) -> EditRequest:
    """A mid-gray photograph under any matte."""
    return EditRequest(image=np.full((*matte.shape, 3), 127, np.uint8), matte=matte, prompt=prompt, seed=seed)
