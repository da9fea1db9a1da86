from django.apps import AppConfig


class RoomAIWebConfig(AppConfig):
    """The wiring; it has no tables of its own, only management commands and template tags."""

    name = "roomai_web"
