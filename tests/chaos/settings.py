"""The settings of the rig's processes: production's, with quick pictures and a short farewell."""

import os

from roomai_web.celery import app
from roomai_web.settings import *  # noqa: F403

PICTURE_PIPELINE = "tests.generations.quick_pictures.build"
app.conf.shutdown_patience_s = int(os.environ["RIG_PATIENCE_S"])
