"""« Gérer les portefeuilles »: a tiers déclarant, its clients, what it declares for them (003, chapter 4)."""
