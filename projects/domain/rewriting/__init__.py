"""A plan written into the project's own files: everything but the moved specifiers stays, byte for byte. Pure."""

from projects.domain.rewriting.moves import Moves, Trouble
from projects.domain.rewriting.rewriting import Rewriting, RewrittenFile, main_text, rewrite

__all__ = ["Moves", "Rewriting", "RewrittenFile", "Trouble", "main_text", "rewrite"]
