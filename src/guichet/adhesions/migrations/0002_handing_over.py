"""How far files have been handed over, and proposals that nobody answered."""

from typing import ClassVar

from django.db import migrations, models

STATES = ("proposed", "accepted", "declined", "cancelled", "lapsed")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("adhesions", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("remise", "finished_at", models.DateTimeField(null=True)),
        migrations.AddField("remise", "handed", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AlterField(
            "remise",
            "state",
            models.CharField(choices=[(one, one) for one in STATES], default="proposed", max_length=16),
        ),
    ]
