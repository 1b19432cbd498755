"""What is known of a package in use beyond its verdict."""

from __future__ import annotations

from projects.domain.assessment.package_result import PackageResult
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.selectors.wheel_readings import wheel_readings


def reading_of(package: PackageResult) -> WheelReading | None:
    """Return what was read of the wheel that a package installs; None where it was not read. One query at most."""
    return wheel_readings([package.file]).get(package.file) if package.file else None
