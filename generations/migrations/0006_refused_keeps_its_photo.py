"""A picture handed back loses its result at once; what it was made of stays until its time is over."""

from django.db import migrations, models
from django.db.models import Q

#: On the way back: the tables before this demand that such a row is deleted whole. Its files go with the sweep.
DELETE_WHOLE = """
UPDATE generations_generation SET deleted_at = refused_at, params = '{}', inputs = '{}', result = result - 'scene'
 WHERE refused_at IS NOT NULL AND deleted_at IS NULL
"""
SUCCEEDED, OTHER = Q(state="succeeded"), ~Q(state="succeeded")


class Migration(migrations.Migration):
    dependencies = [("generations", "0005_uploads_and_usage")]

    operations = [
        migrations.RemoveConstraint("generation", "generations_refused_is_deleted"),
        migrations.RemoveConstraint("generation", "generations_result_only_of_success"),
        migrations.AddConstraint(
            "generation",
            models.CheckConstraint(
                name="generations_result_only_of_success",
                condition=SUCCEEDED
                & (Q(result_key__isnull=False) | Q(deleted_at__isnull=False) | Q(refused_at__isnull=False))
                | OTHER & Q(result_key__isnull=True),
            ),
        ),
        migrations.AddConstraint(
            "generation",
            models.CheckConstraint(
                name="generations_refused_has_no_result",
                condition=Q(refused_at__isnull=True) | Q(state="succeeded", result_key__isnull=True),
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, DELETE_WHOLE),
    ]
