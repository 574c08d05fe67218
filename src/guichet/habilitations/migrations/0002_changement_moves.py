"""Rights name the changes of the room below; nothing moves in the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("habilitations", "0001_initial"),
        ("inscriptions", "0003_changement"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "habilitation",
                    "opened_in",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="opening", to="inscriptions.changement"),
                ),
                migrations.AlterField(
                    "habilitation",
                    "closed_in",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="closing", to="inscriptions.changement"),
                ),
                migrations.DeleteModel("Changement"),
            ],
        ),
    ]
