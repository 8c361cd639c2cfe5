"""Use cases: one function is one thing a person can do, in one write transaction."""
