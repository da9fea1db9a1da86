"""What a family of scenes is handed to paint with."""

import zlib
from dataclasses import dataclass

import numpy as np

from generations.engines.embedded.camera import EYE_M, Camera
from generations.engines.embedded.color import Color, Floats, from_oklab, light_of, to_oklab
from generations.engines.embedded.grammar import Plan
from generations.engines.embedded.light import Light

# Pigments get duller than screens beyond this OKLab chroma.
_PAINT_CHROMA = 0.10
_LOW_EYE_M = 0.32


@dataclass(frozen=True, slots=True)
class Stage:
    """The empty scene: its camera (whose size is the size to paint), its light, the plan and the seed."""

    camera: Camera
    light: Light
    plan: Plan
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.camera.height, self.camera.width

    @property
    def eye_m(self) -> float:
        """How high the eye is over open ground: a thing one holds in a hand is taken from low down."""
        return _LOW_EYE_M if self.plan.is_small else EYE_M

    def rng(self, element: str) -> np.random.Generator:
        """Random numbers of one element alone, so that adding a thing moves no other."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, zlib.crc32(element.encode())])))

    def albedo(self, surface: str, otherwise: Color) -> Floats:
        """The linear color asked for a surface, or another, as paint or cloth has it: no pure white, black or neon."""
        lab = to_oklab(light_of(self.plan.colors.get(surface, otherwise)))
        chroma = float(np.hypot(lab[1], lab[2]))
        if chroma > _PAINT_CHROMA:
            lab[1:] *= (_PAINT_CHROMA + 0.35 * (chroma - _PAINT_CHROMA)) / chroma
        return np.asarray(0.015 + 0.86 * np.clip(from_oklab(lab), 0, 1), np.float32)
