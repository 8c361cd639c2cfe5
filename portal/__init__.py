"""Anslut lets people and machines take an organisation through its connection to a trust federation."""

__version__ = "0.1.0"
