from django.db import migrations

# Ids are drawn before commit, so an event may turn up later than one with a higher id. A SHARE lock is granted
# once every transaction that has written an event is over, and no id is drawn while it is held: what the next
# statement sees as the highest id will never have a new event below it.
# The portal's role may not take that lock, as it may not change the table; the owner takes it for it.
DECIDED = """
CREATE FUNCTION journal_decided() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    LOCK TABLE public.journal_event IN SHARE MODE;
    RETURN (SELECT max(id) FROM public.journal_event);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(DECIDED, "DROP FUNCTION journal_decided()")]
