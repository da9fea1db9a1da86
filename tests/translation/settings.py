"""The product's settings in the language nobody speaks. PSEUDO_LOCALE: the folder its sentences were written to."""

import os
from pathlib import Path

from roomai_web.settings import *  # noqa: F403

LANGUAGE_CODE = "en-xa"
LANGUAGES = [(LANGUAGE_CODE, "Pseudo")]
LOCALE_PATHS = [Path(os.environ["PSEUDO_LOCALE"])]
