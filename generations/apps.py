from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    name = "generations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from generations import network_checks, plate_checks  # noqa: F401 - register themselves, with the settings
