"""The demonstration: a fictitious register, accounts to sign in with, a mailbox. Absent from production."""
