"""The settings of the rig's processes: production's, with quick pictures and a short farewell."""

from roomai_web.celery import app
from roomai_web.settings import *  # noqa: F403

PICTURE_PIPELINE = "tests.generations.quick_pictures.build"
app.conf.worker_soft_shutdown_timeout = 2
