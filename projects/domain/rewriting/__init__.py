"""Rewriting of a project's dependency files for an upgrade plan: only specifiers change, every other byte stays."""

from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem
from projects.domain.rewriting.rewriting import Rewriting, RewrittenFile, main_text, rewrite

__all__ = ["PlannedVersions", "RewriteProblem", "Rewriting", "RewrittenFile", "main_text", "rewrite"]
