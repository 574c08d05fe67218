"""The accounts of associations are those of a unité légale: their identifier is its SIREN (000)."""

from django.db import migrations

BATCH = 1000
NUMBER = r"^[0-9]{9}$"  # not those of closed accounts


def fill(apps, schema_editor):
    """In batches, so that nobody who signs in meanwhile waits for long. A second run finds nothing to do."""
    accounts = apps.get_model("accounts", "Account").objects.using(schema_editor.connection.alias)
    waiting = accounts.filter(espace="association", siren="", identifier__regex=NUMBER)
    while batch := list(waiting.order_by("pk")[:BATCH]):
        for account in batch:
            account.siren = account.identifier
        accounts.bulk_update(batch, ["siren"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0003_abonne")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
