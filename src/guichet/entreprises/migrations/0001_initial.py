"""The register's tables. They are no Django models: an import builds them anew and swaps them in at once.

They keep INSEE's column names. An import takes the columns that it needs, and the indexes that it builds, from
the tables that stand here: this is the one place that says them.
"""

from django.db import migrations

SQL = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE SCHEMA sirene;
CREATE SCHEMA sirene_next;

-- unaccent() is only STABLE, as its dictionary may change; ours is the one that comes with the extension.
CREATE FUNCTION sirene.search_key(label text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(
        translate(unaccent('unaccent'::regdictionary, label), '''’-.,;:/&()"', '            ') COLLATE "C"
    );

CREATE TABLE sirene.unite (
    "siren" text COLLATE "C",
    "statutDiffusionUniteLegale" text COLLATE "C",
    "sigleUniteLegale" text COLLATE "C",
    "prenom1UniteLegale" text COLLATE "C",
    "prenomUsuelUniteLegale" text COLLATE "C",
    "identifiantAssociationUniteLegale" text COLLATE "C",
    "dateDebut" text COLLATE "C",
    "etatAdministratifUniteLegale" text COLLATE "C",
    "nomUniteLegale" text COLLATE "C",
    "nomUsageUniteLegale" text COLLATE "C",
    "denominationUniteLegale" text COLLATE "C",
    "denominationUsuelle1UniteLegale" text COLLATE "C",
    "categorieJuridiqueUniteLegale" text COLLATE "C",
    "nicSiegeUniteLegale" text COLLATE "C"
);
CREATE UNIQUE INDEX unite_siren ON sirene.unite (siren);

CREATE TABLE sirene.etablissement (
    "siren" text COLLATE "C",
    "nic" text COLLATE "C",
    "siret" text COLLATE "C",
    "statutDiffusionEtablissement" text COLLATE "C",
    "etablissementSiege" text COLLATE "C",
    "complementAdresseEtablissement" text COLLATE "C",
    "numeroVoieEtablissement" text COLLATE "C",
    "indiceRepetitionEtablissement" text COLLATE "C",
    "typeVoieEtablissement" text COLLATE "C",
    "libelleVoieEtablissement" text COLLATE "C",
    "codePostalEtablissement" text COLLATE "C",
    "libelleCommuneEtablissement" text COLLATE "C",
    "libelleCommuneEtrangerEtablissement" text COLLATE "C",
    "distributionSpecialeEtablissement" text COLLATE "C",
    "codeCedexEtablissement" text COLLATE "C",
    "libelleCedexEtablissement" text COLLATE "C",
    "libellePaysEtrangerEtablissement" text COLLATE "C",
    "etatAdministratifEtablissement" text COLLATE "C",
    "enseigne1Etablissement" text COLLATE "C",
    "denominationUsuelleEtablissement" text COLLATE "C"
);
CREATE UNIQUE INDEX etablissement_siret ON sirene.etablissement (siret);

-- What a search by name looks through: units that allow diffusion alone.
CREATE TABLE sirene.nom (
    siren text COLLATE "C" NOT NULL,
    search_key text COLLATE "C" NOT NULL
);
CREATE INDEX nom_prefix ON sirene.nom (search_key text_pattern_ops);
CREATE INDEX nom_trigrams ON sirene.nom USING gin (search_key gin_trgm_ops);
"""

REVERSE = "DROP SCHEMA IF EXISTS sirene_next, sirene CASCADE"


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(SQL, REVERSE)]
