"""The complementary services that this portal gives itself: Contrôle SIRET, reference tables (003, 3)."""
