"""Who asked an administrateur for a new password, and waits for it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inscriptions", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("acteur", "help_asked_at", models.DateTimeField(null=True)),
    ]
