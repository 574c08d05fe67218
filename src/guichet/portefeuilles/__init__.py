"""The clients of a tiers déclarant, in portfolios: for whom it declares, where, and what (003, chapter 4)."""
