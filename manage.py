#!/usr/bin/env python
"""Django's entry point for administrative commands."""

import os
import sys

from django.core.management import execute_from_command_line

from roomai_web.embedded import joining

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")
    joining.join()
    execute_from_command_line(sys.argv)
