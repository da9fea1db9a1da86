"""The settings of the bench's worker: production's, with pictures that cost nothing."""

from roomai_web.settings import *  # noqa: F403

PICTURE_PIPELINE = "bench.null_pictures.build"
