"""What grows: leaves far out of focus, bushes before them, trunks, lawn and the litter under trees."""

import cv2
import numpy as np

from generations.engines.embedded import bokeh, noise, outdoors
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of
from generations.engines.embedded.stage import Stage

Greens = tuple[Color, Color, Color, Color]
GARDEN: Greens = ((34, 54, 26), (72, 102, 44), (122, 152, 70), (196, 208, 126))
WOODS: Greens = ((24, 36, 22), (52, 74, 36), (96, 122, 56), (178, 188, 104))


def backdrop(stage: Stage, camera: Camera, greens: Greens, *, sky: Color, gap: float) -> Floats:
    """A wall of trees melted by the lens (h, w, 3), unlit: masses, sprays, gaps of sky above, discs where light comes
    through. gap: 0 closed .. 1 open."""
    shape = (camera.height, camera.width)
    rng = stage.rng("leaves")
    mass = noise.field(shape, cells=4, rng=rng)
    spray = noise.field(shape, cells=13, rng=rng)
    fine = noise.field(shape, cells=34, rng=rng)
    rows = np.arange(camera.height, dtype=np.float32)[:, None] / max(camera.wall, 1.0)
    high = np.clip(1 - rows, 0, 1)
    tone = 0.40 + 0.17 * mass + 0.11 * spray + 0.06 * fine + 0.20 * high - 0.10 * (1 - high)
    picture = _graded(greens, tone)
    # Sky shows where leaves are thin: many small gaps that run together high up, brightest in their middle.
    thin = 0.22 * mass + 0.42 * spray + 0.42 * fine + 1.5 * high - 1.75 + 0.8 * gap
    open_ = np.clip(thin * 1.1, 0, 1)[..., None]
    picture = picture * (1 - open_) + light_of(sky) * (0.75 + 0.6 * open_) * open_
    unit = max(shape)
    picture = bokeh.discs(
        picture, rng, colors=(sky, greens[3], greens[3]), count=round(60 + 60 * gap),
        radius_px=(0.008 * unit, 0.022 * unit), rows=(0, 0.75 * camera.wall), strength=(0.10, 0.45), hard=0.6,
    )  # fmt: skip
    return _shrubs(camera, picture, greens, rng)


def _shrubs(camera: Camera, picture: Floats, greens: Greens, rng: np.random.Generator) -> Floats:
    """Two rows of bushes along the far edge of the ground, the nearer one lower and darker at its foot."""
    height, width = camera.height, camera.width
    rows = np.arange(height, dtype=np.float32)[:, None]
    tall = 0.30 * height
    for n, (share, shift) in enumerate(((0.95, 0.04), (0.5, -0.06))):
        crest = (
            noise.field((4, width), cells=5 + 4 * n, rng=rng)[1] + 0.5 * noise.field((4, width), cells=17, rng=rng)[2]
        )
        top = camera.wall - share * tall * (1 + 0.28 * crest)
        leaf = noise.field((height, width), cells=30 + 16 * n, rng=rng)
        mask = np.clip((rows - top[None, :]) / (0.014 * height) + 0.5 + 0.5 * leaf, 0, 1)
        up = np.clip((camera.wall - rows) / (share * tall), 0, 1)
        tone = 0.26 + shift + 0.34 * up**1.2 + 0.09 * leaf
        picture = picture * (1 - mask[..., None]) + _graded(greens, tone) * mask[..., None]
    return np.asarray(picture, np.float32)


def trunks(stage: Stage, camera: Camera, picture: Floats, *, air: Floats, falling: Floats, mist: float) -> Floats:
    """Trees standing in depth behind the subject: the farther, the thinner and paler. air: the light of what
    lies between, mist: 0..1 how much of it, falling: the light on the bark, (3,)."""
    rng = stage.rng("trunks")
    toward = 1.0 if stage.light.side > 0 else -1.0
    out = picture.copy()
    unit = float(max(camera.width, camera.height))
    for n in range(13):
        near = (n / 12) ** 1.5
        wide = unit * (0.008 + 0.036 * near) * float(rng.uniform(0.8, 1.25))
        x = float(rng.uniform(-0.02, 1.02)) * camera.width
        lean = float(rng.normal(0, 0.025))
        foot = camera.wall + (0.35 * near - 0.04) * max(camera.stand.rear - camera.wall, 0.0) * 0.9
        reach = 1.3 * wide + abs(lean) * camera.height + 3
        low, high = (int(np.clip(x + side * reach, 0, camera.width)) for side in (-1, 1))
        part = np.s_[: int(np.clip(foot + 3, 1, camera.height)), low:high]
        bark = light_of(((92, 74, 58), (74, 64, 52), (106, 92, 74))[int(rng.integers(3))]) * rng.uniform(0.7, 1.1)
        pale = min(0.9, (0.35 + 0.8 * mist) * (1 - near) ** 0.8)
        columns = np.arange(low, high, dtype=np.float32)[None, :]
        up = foot - np.arange(out[part].shape[0], dtype=np.float32)[:, None]
        middle = x + lean * up + 0.12 * wide * np.sin(up / (6 * wide) + n)
        across = (columns - middle) / (0.5 * wide * (1 + 0.25 * np.exp(-up / (1.2 * wide))))
        mask = (np.clip((1 - np.abs(across)) * wide / 5 + 0.2, 0, 1) * np.clip(up / 3 + 0.5, 0, 1))[..., None]
        round_ = np.clip(0.62 + 0.55 * toward * across - 0.25 * across**2, 0.15, 1.25)[..., None]
        tint = bark * falling * round_ * (1 - pale) + air * (0.30 + 0.5 * mist) * pale
        out[part] = out[part] * (1 - mask) + tint * mask
    return np.asarray(out, np.float32)


def lawn(stage: Stage, ground: tuple[Floats, Floats, Floats]) -> Floats:
    """Grass as albedo: upright blades near the camera, farther off what is left of them, a few yellowed patches."""
    a, away, pixel = ground
    shift = stage.rng("lawn").random(4).astype(np.float32)
    b = np.broadcast_to(away, a.shape)
    # Blades stand: seen from here each row of the picture is a step up as much as a step away, and a logarithm of
    # the distance keeps them as tall for their width at every distance.
    up = -stage.eye_m * np.log(np.maximum(b, 0.05))
    fine = outdoors.seen(np.sqrt(pixel * 0.0012), 0.0022)
    blades = noise.sample("blades", a / 0.62 + shift[0], up / 0.62 + shift[1])
    more = noise.sample("blades", a / 0.41 + shift[2], up / 0.41 + shift[3])
    mixed = np.clip(0.5 + 0.5 * noise.sample("clouds", a / 1.1 + shift[3], b / 1.1), 0, 1)
    grass = (blades + (more - blades) * mixed) * fine
    tuft = noise.sample("clouds", a / 1.3 + shift[1], b / 1.3 + shift[3]) * outdoors.seen(pixel, 0.12)
    patch = noise.sample("clouds", a / 5.3 + shift[2], b / 5.3 + shift[0])
    tone = np.clip(1 + 0.30 * grass + 0.08 * tuft + 0.05 * patch, 0.25, 2.0)
    dry = np.clip(0.20 + 0.12 * patch + 0.16 * grass, 0, 0.7)[..., None]
    green, yellow = light_of((92, 124, 56)), light_of((158, 164, 92))
    return np.asarray((green * (1 - dry) + yellow * dry) * tone[..., None], np.float32)


def litter(stage: Stage, ground: tuple[Floats, Floats, Floats]) -> Floats:
    """The floor of a wood as albedo: fallen leaves in their tones over earth, moss in patches."""
    a, away, pixel = ground
    shift = stage.rng("litter").random(4).astype(np.float32)
    b = np.broadcast_to(away, a.shape)
    near = outdoors.seen(pixel, 0.05)
    base = noise.sample("clouds", a / 1.9 + shift[0], b / 1.9 + shift[1])
    leaf = noise.sample("chips", a / 1.5 + shift[2], b / 1.5) * near
    under = noise.sample("chips", a / 1.1 + shift[3], b / 1.1 + 0.3) * near
    tone = np.clip(0.8 + 0.16 * base + 0.30 * leaf + 0.22 * under, 0.3, 1.6)
    autumn = np.clip(0.5 + 0.45 * under + 0.18 * base, 0, 1)[..., None]
    color = light_of((104, 86, 58)) * (1 - autumn) + light_of((150, 112, 66)) * autumn
    moss = np.clip(noise.sample("clouds", a / 4.1 + shift[1], b / 4.1 + shift[2]) * 0.7 - 0.1, 0, 0.8)[..., None]
    color = color * (1 - moss) + light_of((88, 100, 46)) * moss
    return np.asarray(color * tone[..., None], np.float32)


def dapples(stage: Stage, ground: tuple[Floats, Floats, Floats], *, cover: float) -> Floats:
    """The sun's share on ground under leaves, 0..1: round soft spots, each an image of the sun."""
    a, away, pixel = ground
    shift = stage.rng("dapples").random(2).astype(np.float32)
    b = np.broadcast_to(away, a.shape)
    open_ = noise.sample("clouds", a / 4.7 + shift[0], b / 6.1 + shift[1])
    spots = noise.sample("clouds", a / 1.9 + shift[1], b / 2.5 + shift[0]) * outdoors.seen(pixel, 0.5)
    light = np.clip(0.5 + 0.9 * (open_ * 0.7 + spots * 0.6 - cover), 0, 1)
    return np.asarray(cv2.GaussianBlur(light, (0, 0), max(0.6, 0.0025 * max(light.shape))), np.float32)


def beams(stage: Stage, camera: Camera) -> Floats:
    """Shafts of light (h, w) that fall between the crowns from the light's side and fade on their way down."""
    side = 1.0 if stage.light.side > 0 else -1.0
    rows = np.arange(camera.height, dtype=np.float32)[:, None] / camera.height
    columns = np.arange(camera.width, dtype=np.float32)[None, :] / camera.width
    # All shafts come from one point above the frame, so they spread.
    angle = (columns - 0.5 - 0.75 * side) / (rows + 0.9)
    shift = float(stage.rng("beams").random())
    wide = noise.sample("clouds", angle * 0.9 + shift, np.full((1, 1), 0.37, np.float32))
    thin = noise.sample("clouds", angle * 2.3 + shift, np.full((1, 1), 0.71, np.float32))
    toward = np.clip(0.5 + side * (columns - 0.5), 0, 1)
    # They end where the wood ends: over the ground at the feet they would lie like paint.
    fall = np.clip((camera.stand.rear / camera.height - rows) / 0.35, 0, 1)
    return np.asarray(np.clip(0.5 * wide + 0.35 * thin + 0.1, 0, 1.4) * fall * toward, np.float32)


def low_sun(stage: Stage, camera: Camera, picture: Floats) -> Floats:
    """The sun low behind the trees: a glow that eats into what stands before it and a veil over all that is far."""
    height, width = picture.shape[:2]
    unit = float(max(height, width))
    side = 1.0 if stage.light.side > 0 else -1.0
    x = (np.arange(width, dtype=np.float32)[None, :] - camera.center - 0.36 * side * width) / unit
    y = (np.arange(height, dtype=np.float32)[:, None] - 0.42 * camera.wall) / unit
    distance = np.hypot(x, 1.15 * y)
    glow = 1.5 * np.exp(-((distance / 0.045) ** 2)) + 0.75 * np.exp(-distance / 0.10) + 0.22 * np.exp(-distance / 0.34)
    far = np.clip((camera.stand.rear - np.arange(height, dtype=np.float32)) / max(camera.stand.rear, 1.0), 0, 1)[
        :, None
    ]
    return np.asarray(picture + (glow * (0.25 + 0.75 * far))[..., None] * light_of((255, 190, 112)), np.float32)


def fairy_lights(stage: Stage, camera: Camera, picture: Floats) -> Floats:
    """Two strings of small lamps hung between the trees, each lamp a disc out of focus."""
    rng = stage.rng("fairy lights")
    height, width = picture.shape[:2]
    unit = max(height, width)
    points, sizes = [], []
    for n in range(2):
        t = np.linspace(-0.05, 1.05, 15 - 3 * n) + rng.normal(0, 0.008, 15 - 3 * n)
        sag = np.abs(np.mod(t * (1.5 + 0.4 * n) + rng.random(), 1) - 0.5)
        row = camera.wall * (0.20 + 0.26 * n + 0.22 * (1 - 4 * (0.5 - sag) ** 2) * 0.8)
        points.append(np.stack([t * width, row], axis=1))
        sizes.append((0.0120 - 0.004 * n) * unit * rng.uniform(0.8, 1.15, t.size))
    return bokeh.glows(
        picture, np.concatenate(points), np.concatenate(sizes), light_of((255, 196, 122)), rng, strength=1.15
    )


def open_sky(low: Color) -> Color:
    """The sky between leaves: overexposed, so paler than it is."""
    red, green, blue = (round(0.3 * c + 0.7 * w) for c, w in zip(low, (240, 240, 230), strict=True))
    return red, green, blue


def _graded(greens: Greens, tone: Floats) -> Floats:
    """Map tones 0..1 to four greens, dark to bright."""
    at = np.clip(tone, 0, 1) * 3
    stops = np.stack([light_of(c) for c in greens])
    table = np.stack([np.interp(np.linspace(0, 3, 256), np.arange(4), stops[:, c]) for c in range(3)], axis=1)
    return np.asarray(table[(at * 85).astype(np.uint8)], np.float32)
