"""The nine steps (001): number, documents; for each of them its name, type, person, comment, pages."""
