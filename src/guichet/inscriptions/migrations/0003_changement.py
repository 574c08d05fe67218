"""A change is no more of rights alone: its model moves here; its table stays where it is, under its name."""

import django.db.models.deletion
from django.db import migrations, models

from guichet.inscriptions.states import Origine


class Migration(migrations.Migration):
    dependencies = [
        ("inscriptions", "0002_help_asked"),
        ("habilitations", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Changement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField()),
                        ("by", models.CharField(max_length=64)),
                        ("origine", models.CharField(choices=[(one.value, one.value) for one in Origine], max_length=16)),
                        ("opened", models.PositiveIntegerField(default=0)),
                        ("closed", models.PositiveIntegerField(default=0)),
                        ("inscription", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="changements", to="inscriptions.inscription")),
                        ("undoes", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="undone_by", to="inscriptions.changement")),
                    ],
                    options={
                        "db_table": "habilitations_changement",
                        "indexes": [models.Index(fields=["inscription", "-at"], name="changement_of_inscription")],
                    },
                ),
            ],
        ),
    ]
