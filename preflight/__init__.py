"""preflight: know what the Demandbase Data Import API would reject before you send it."""

__version__ = "0.1.0"
