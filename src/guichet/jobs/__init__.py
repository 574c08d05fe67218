"""Queue entry points: each job is a thin, idempotent call of an operation."""
