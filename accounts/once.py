"""The table whose rows make a mail go out once: what a workspace's owners were told."""

from django.db import connection, models
from django.db.models.functions import Now

TELL = "INSERT INTO accounts_notice (key, at) VALUES (%(key)s, now()) ON CONFLICT (key) DO NOTHING"


class Notice(models.Model):
    """That a workspace's owners were told something. Invariant: one row for each key.

    key: what was told and about which row, `key_revoked:<id>`; it names no person.
    """

    key = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="accounts_notice_once")]

    def __str__(self) -> str:
        return self.key


def is_news(*, key: str) -> bool:
    """Write down that this is told now; False when it was told before, however many ask at once."""
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"key": key})
        return bool(cursor.rowcount)
