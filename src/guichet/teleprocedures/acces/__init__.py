"""The way in through the desk, for a candidate whom nobody answers: no company is locked out (003, 2)."""
