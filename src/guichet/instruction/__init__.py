"""The agents' work: queue, assignment, decisions, messages, figures."""
