"""The two applications of this package: people, and the operators' site that stands in the place of Django's admin."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"


class OperatorsConfig(admin_apps.AdminConfig):
    """Named by INSTALLED_APPS instead of `django.contrib.admin`."""

    default = False  # or "accounts" in INSTALLED_APPS would mean this one
    default_site = "accounts.operators.OperatorsSite"
