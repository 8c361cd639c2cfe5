"""The demo federation: fictional organisations and people with a plausible history, made through the same services."""
