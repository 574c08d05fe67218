"""The field's values, in pure Python: no Django, no database, no environment."""
