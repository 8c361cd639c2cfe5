"""The checks, one module per area; the registry finds them here."""
