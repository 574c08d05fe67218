"""The door of professionals and accounting firms: e-mail address, password and a number that stays theirs."""
