"""The door of companies and their people: SIRET, nom, prénom and password (003)."""
