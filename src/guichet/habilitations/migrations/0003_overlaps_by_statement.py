"""Periods of one cell never overlap: looked at once a statement, no more by a GiST index once a row (ADR 0028)."""

import django.db.models.deletion
from django.db import migrations, models

# A period that is open now meets other open ones in the unique index; here it meets what ended, and a period
# that comes already ended meets the one that is open. An UPDATE can make periods overlap only where it makes
# one longer, or another person's: closing, the one that happens, is not looked at.
_GUARD = """
CREATE FUNCTION habilitations_refuse_overlap() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'two periods of one right overlap'
        USING ERRCODE = 'exclusion_violation', TABLE = 'habilitations_habilitation',
            CONSTRAINT = 'habilitation_never_overlaps';
END $$;

CREATE FUNCTION habilitations_look_at_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM inserted n JOIN habilitations_habilitation h
            ON h.acteur_id = n.acteur_id AND h.siret = n.siret AND h.declaration = n.declaration
        WHERE h.closed_at IS NOT NULL AND h.id <> n.id
            AND h.closed_at > n.opened_at AND (n.closed_at IS NULL OR h.opened_at < n.closed_at)
    ) OR EXISTS (
        SELECT FROM inserted n JOIN habilitations_habilitation h
            ON h.acteur_id = n.acteur_id AND h.siret = n.siret AND h.declaration = n.declaration
        WHERE n.closed_at IS NOT NULL AND h.closed_at IS NULL AND h.opened_at < n.closed_at
    ) THEN
        PERFORM habilitations_refuse_overlap();
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION habilitations_look_at_longer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM habilitations_habilitation h
        WHERE h.acteur_id = NEW.acteur_id AND h.siret = NEW.siret AND h.declaration = NEW.declaration
            AND h.id <> NEW.id
            AND tstzrange(h.opened_at, h.closed_at) && tstzrange(NEW.opened_at, NEW.closed_at)
    ) THEN
        PERFORM habilitations_refuse_overlap();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER habilitation_never_overlaps_inserted
    AFTER INSERT ON habilitations_habilitation
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION habilitations_look_at_inserted();

CREATE TRIGGER habilitation_never_overlaps_longer
    AFTER UPDATE ON habilitations_habilitation
    FOR EACH ROW WHEN (
        NEW.opened_at < OLD.opened_at
        OR coalesce(NEW.closed_at, 'infinity') > coalesce(OLD.closed_at, 'infinity')
        OR (NEW.acteur_id, NEW.siret, NEW.declaration) IS DISTINCT FROM (OLD.acteur_id, OLD.siret, OLD.declaration)
    ) EXECUTE FUNCTION habilitations_look_at_longer();
"""
_NO_GUARD = """
DROP TRIGGER habilitation_never_overlaps_longer ON habilitations_habilitation;
DROP TRIGGER habilitation_never_overlaps_inserted ON habilitations_habilitation;
DROP FUNCTION habilitations_look_at_longer();
DROP FUNCTION habilitations_look_at_inserted();
DROP FUNCTION habilitations_refuse_overlap();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("habilitations", "0002_changement_moves"),
    ]

    operations = [
        migrations.AddIndex(
            "habilitation",
            models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["acteur", "siret", "declaration"],
                name="habilitation_closed",
            ),
        ),
        migrations.RunSQL(_GUARD, _NO_GUARD),
        migrations.RemoveConstraint("habilitation", "habilitation_never_overlaps"),
        migrations.AddIndex(
            "habilitation",
            models.Index(
                condition=models.Q(("closed_in__isnull", False)),
                fields=["closed_in"],
                name="habilitation_closed_in",
            ),
        ),
        migrations.AlterField(
            "habilitation",
            "closed_in",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closing",
                to="inscriptions.changement",
            ),
        ),
    ]
