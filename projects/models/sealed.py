"""Sealed values, by the name under which the team's side knows them."""

from scanner.sealed import SealBroken, Sealed, SealedField

__all__ = ["SealBroken", "Sealed", "SealedField"]
