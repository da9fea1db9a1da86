"""An index for the times of the newest pictures of a model, which its next run is said to take."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0007_trash")]

    operations = [
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                fields=["model", "-finished_at"],
                name="generations_usual",
                condition=models.Q(state="succeeded"),
            ),
        ),
    ]
