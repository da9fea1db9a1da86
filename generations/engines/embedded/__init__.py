"""The built-in painter: scenes from words by deterministic maths, without network, GPU or learnt model."""

from generations.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine", "build"]


def build() -> EmbeddedEngine:
    return EmbeddedEngine()
