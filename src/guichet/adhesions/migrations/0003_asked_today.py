"""What a firm has asked today is counted at each request."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("adhesions", "0002_handing_over")]

    operations: ClassVar = [
        migrations.AddIndex("demande", models.Index(fields=["firm", "asked_at"], name="demande_of_day")),
    ]
