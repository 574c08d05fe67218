"""An upgrade loses nothing: the former release works on the new tables, and requests go on meanwhile."""
