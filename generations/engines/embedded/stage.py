"""What a family of scenes is handed to paint with."""

import zlib
from dataclasses import dataclass

import numpy as np

from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of
from generations.engines.embedded.grammar import Plan
from generations.engines.embedded.light import Light


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

    def rng(self, element: str) -> np.random.Generator:
        """Random numbers of one element alone, so that adding a thing moves no other."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, zlib.crc32(element.encode())])))

    def albedo(self, surface: str, otherwise: Color) -> Floats:
        """The linear color asked for a surface, or another one; never perfectly white or black, as paint is."""
        return np.asarray(0.015 + 0.86 * light_of(self.plan.colors.get(surface, otherwise)), np.float32)
