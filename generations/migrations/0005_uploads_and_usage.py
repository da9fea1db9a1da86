from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generations", "0004_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="livemode",
            field=models.BooleanField(db_default=True, default=True),
        ),
        # Covers all that GET /usage adds up: a workspace's days are read from the index alone.
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["workspace", "livemode", "finished_at"],
                include=["model", "api_key", "state", "tokens_used", "refused_at"],
                name="generations_usage",
            ),
        ),
    ]
