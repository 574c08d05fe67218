"""Who acts for which unité légale, as administrateur or déclarant, and what it declares (003)."""
