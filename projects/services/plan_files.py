"""Writing of plans into the dependency files that they were made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.dependency_files import ParsedFiles
from projects.domain.dependency_files.logins import FileLogins
from projects.domain.rewriting.text_encoding import decode_text
from projects.domain.rewriting.written_plan import WrittenPlan, hashed_pins, write_plan
from projects.models import Snapshot
from projects.services.reading import read_files
from scanner.domain.targets.target import parse_target
from scanner.selectors.releases import release_digests
from scanner.services.index_sets import IndexSet


class FileContents(Struct, frozen=True):
    """Dependency files by path with the requirements read from them; `roots` are the paths that were named."""

    contents: Mapping[str, bytes]
    roots: Sequence[str]
    parsed: ParsedFiles

    def text(self, path: str) -> str:
        """Return a file as text; empty when there is no such text file."""
        decoded = decode_text(self.contents[path]) if path in self.contents else None
        return decoded.text if decoded is not None else ""


def read_contents(snapshot: Snapshot) -> FileContents:
    """Read the files of a snapshot again. One query."""
    files = list(snapshot.files.all())
    contents = {file.path: bytes(file.content) for file in files}
    roots = [file.path for file in files if file.is_root]
    return FileContents(contents, roots, read_files(contents, roots))


def restore_logins(snapshot: Snapshot, text: str) -> str:
    """Return a text made of the snapshot's files with its logins, for a download of one who may change the project."""
    return FileLogins.from_json(snapshot.logins.reveal()).restore(text)


def write_plans(
    plans: Sequence[tuple[UpgradePlan, Sequence[str]]], given: FileContents, indexes: Callable[[], IndexSet]
) -> list[WrittenPlan]:
    """Write each plan, given with the slugs of its targets, into the files. One query at most.

    `indexes` is called only where the files hold hashes that change.
    """
    wanted = hashed_pins([plan for plan, _ in plans], given.parsed)
    digests = release_digests(indexes().keys, wanted) if wanted else {}
    return [
        write_plan(
            plan,
            files=given.contents,
            parsed=given.parsed,
            roots=given.roots,
            targets=[parse_target(slug) for slug in slugs],
            digests=digests,
        )
        for plan, slugs in plans
    ]


def with_written_plans(
    record: AssessmentRecord, given: FileContents, indexes: Callable[[], IndexSet]
) -> AssessmentRecord:
    """Return the record with its plans and its bridge written into the files. One query at most."""
    plans = [(result.plan, [result.target]) for result in record.results if result.plan is not None]
    if record.bridge is not None:
        plans.append((record.bridge, list(record.bridge_targets)))
    written = write_plans(plans, given, indexes)
    bridge = written.pop() if record.bridge is not None else None
    by_target = {slug: one for one, (_, [slug]) in zip(written, plans, strict=False)}
    return replace(record, written=by_target, written_bridge=bridge)
