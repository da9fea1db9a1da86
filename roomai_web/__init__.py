"""Wiring: settings, addresses, processes. Loading the Celery application here lets tasks find their queues."""

from roomai_web.celery import app as celery_app

__all__ = ["celery_app"]
