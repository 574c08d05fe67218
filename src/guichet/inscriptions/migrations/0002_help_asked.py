from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inscriptions", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="acteur",
            name="help_asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
