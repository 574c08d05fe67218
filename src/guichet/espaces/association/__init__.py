"""The door of associations and foundations: SIREN and a password received by e-mail."""
