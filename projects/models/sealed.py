"""Encrypted values, re-exported from the scanner for the models and services of this app."""

from scanner.sealed import SealBroken, Sealed, SealedField

__all__ = ["SealBroken", "Sealed", "SealedField"]
