"""The outbox: e-mails and letters."""
