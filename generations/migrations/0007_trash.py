from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generations", "0006_refused_keeps_its_photo"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True), ("trashed_at__isnull", False)),
                fields=["trashed_at"],
                name="generations_trash",
            ),
        ),
    ]
