"""The database: models, sessions and one module of queries per aggregate; no rules."""
