"""Who acts for which unité légale: the question to the company, its answer, and the people of a firm."""
