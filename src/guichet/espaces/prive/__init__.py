"""The door of people who send documents: particulier, exploitant, employeur; e-mail and password (001)."""
