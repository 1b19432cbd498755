"""The sample project of a first start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from projects.models import Origin, Project
from projects.services.projects import create_project
from scanner.domain.targets.catalogue import SAMPLE_TARGETS

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

SAMPLE_FILE = Path(__file__).parent.parent / "sample" / "requirements.txt"


def load_sample(user: AbstractBaseUser) -> Project | None:
    """Make the sample project for `user`; None when there are projects already."""
    if Project.objects.exists():
        return None
    return create_project(
        user,
        "practice-api",
        {"requirements.txt": SAMPLE_FILE.read_bytes()},
        ["requirements.txt"],
        targets=[target.slug for target in SAMPLE_TARGETS],
        origin=Origin.SAMPLE,
    )
