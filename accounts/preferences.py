"""What people chose for themselves, and what that means where they chose nothing."""

from django.conf import settings
from django.db import models

from accounts.models import Preferences, User, Workspace


class Format(models.TextChoices):
    """Formats a person may prefer; the catalogue's models say which of them they write."""

    PNG = "png", "PNG"
    JPEG = "jpeg", "JPEG"
    WEBP = "webp", "WebP"


def of(user: User) -> Preferences:
    """Return the person's preferences, unsaved ones where nothing was chosen."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def studio_initial(user: User) -> dict[str, str]:
    """Return what the studio's form starts with by this person's choice: `format`, or nothing."""
    chosen = of(user).picture_format
    return {"format": chosen} if chosen else {}


def retention_days(workspace: Workspace) -> int:
    """Return for how many days new pictures of this workspace are kept where whoever asks for them says nothing."""
    return workspace.retention_days or settings.RETENTION_DAYS
