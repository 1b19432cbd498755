"""Encrypted values, re-exported from the scanner for the models and services of this app."""

from scanner.sealed import SealBroken, Sealed, SealedField, reveal_bytes, seal_bytes

__all__ = ["SealBroken", "Sealed", "SealedField", "reveal_bytes", "seal_bytes"]
