"""The kinds of mail that a user may choose singly: at once, in the digest of their project, or not at all."""

from __future__ import annotations

from enum import StrEnum


class MailKind(StrEnum):
    """What a message is about: a watch of a cell or of a target, or a note of a followed project, by its kind."""

    WHEEL = "wheel"
    TARGET = "target"
    REGRESSION = "regression"
    YANK = "yank"
    STATUS = "status"
    PUSH = "push"
    CAP = "cap"

    @property
    def is_of_watch(self) -> bool:
        """Whether it is the message of a watch, which is never part of a digest."""
        return self in (MailKind.WHEEL, MailKind.TARGET)


class MailChoice(StrEnum):
    """When messages of a kind come. USUAL is stored by no row: as the follow says, a watch at once."""

    USUAL = ""
    AT_ONCE = "at-once"
    DIGEST = "digest"
    OFF = "off"


def choices_for(kind: MailKind) -> tuple[MailChoice, ...]:
    """Return what may be chosen for a kind."""
    return (MailChoice.USUAL, MailChoice.OFF) if kind.is_of_watch else tuple(MailChoice)
