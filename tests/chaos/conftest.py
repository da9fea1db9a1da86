"""The rig's test process keeps its files where its workers find them."""

from tests.generations.conftest import files

__all__ = ["files"]
