"""What the replay index offers: recorded and made-up packages, each changeable while the server runs."""

import bisect
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from tests.replay import archives
from tests.replay.recording import Lines, RecordedFile, RecordedMetadata, RecordedPackage, read

DEFAULT_UPLOAD = "2024-01-01T00:00:00.000000Z"
FIRST_SYNTHETIC_SERIAL = 1_000


class ReplayFile(Struct, frozen=True, dict=True):
    """A file on offer. `metadata` None: unknown, so FILE.metadata cannot be had, nor the archive without members.

    `whole`: the digest announced of a recorded wheel is that of the small archive that is served in its place.
    """

    row: RecordedFile
    metadata: Lines | None
    members: Mapping[str, bytes] = field(default_factory=dict)
    announces_metadata: bool = True
    synthetic: bool = False
    whole: bool = False

    @cached_property
    def metadata_text(self) -> bytes | None:
        return None if self.metadata is None else archives.metadata_text(self.metadata)

    @cached_property
    def archive(self) -> bytes | None:
        if self.metadata_text is None and not self.members:
            return None
        return archives.build(self.row.filename, self.metadata_text, self.members, padded=not self.whole)

    @property
    def _is_served(self) -> bool:
        """Whether size and digest are those of the archive that is served."""
        return self.synthetic or (self.whole and self.row.filename.endswith(".whl"))

    @property
    def size(self) -> int | None:
        return len(self.archive) if self._is_served and self.archive else self.row.size

    @property
    def sha256(self) -> str | None:
        if self._is_served and self.archive:
            return hashlib.sha256(self.archive).hexdigest()
        return self.row.sha256

    @property
    def metadata_sha256(self) -> str | None:
        """What the page announces: the digest of the text that is really served, else the recorded one."""
        if not self.announces_metadata or not self.row.filename.endswith(".whl"):
            return None
        return self.row.metadata_sha256 if self.metadata is None else _digest(self.metadata)


def a_file(
    filename: str,
    *,
    uploaded_at: str | datetime = DEFAULT_UPLOAD,
    version: str | None = None,
    requires_python: str | None = None,
    yanked: bool = False,
    yanked_reason: str | None = None,
    requires_dist: Iterable[str] = (),
    extras: Iterable[str] = (),
    classifiers: Iterable[str] = (),
    metadata: Lines | None = None,
    members: Mapping[str, bytes] | None = None,
    announces_metadata: bool = True,
) -> ReplayFile:
    """A made-up file. Its core metadata follow from the arguments unless `metadata` gives the lines themselves."""
    name, from_name = _parse(filename)
    found = version or from_name
    if metadata is None:
        lines = [("Metadata-Version", "2.4"), ("Name", name), ("Version", found)]
        if requires_python:
            lines.append(("Requires-Python", requires_python))
        lines += [("Classifier", classifier) for classifier in classifiers]
        lines += [("Provides-Extra", extra) for extra in extras]
        lines += [("Requires-Dist", requirement) for requirement in requires_dist]
        metadata = tuple(lines)
    row = RecordedFile(
        filename=filename,
        version=found,
        uploaded_at=stamp(uploaded_at),
        requires_python=requires_python,
        yanked=yanked or yanked_reason is not None,
        yanked_reason=yanked_reason,
    )
    return ReplayFile(row, metadata, dict(members or {}), announces_metadata, synthetic=True)


class ReplayPackage:
    """One package on offer; not locked itself, the server serialises access."""

    def __init__(
        self,
        name: str,
        files: Iterable[ReplayFile],
        serial: int,
        *,
        status: str = "active",
        status_reason: str | None = None,
        recorded: bool = False,
    ) -> None:
        self.name = name
        self.status = status
        self.status_reason = status_reason
        self.gone = False
        self.mutations = 0
        self._recorded = recorded
        self._has_learned = False
        self._serial = serial
        self._files = {file.row.filename: file for file in files}
        self._sort()

    def file(self, filename: str, as_of: str | None) -> ReplayFile | None:
        found = self._files.get(filename)
        if found is None or self.gone or (as_of is not None and found.row.uploaded_at > as_of):
            return None
        return found

    def files(self, as_of: str | None) -> list[ReplayFile]:
        """Files that existed at that time, in the recorded order."""
        return [file for file in self._files.values() if as_of is None or file.row.uploaded_at <= as_of]

    def exists(self, as_of: str | None) -> bool:
        return not self.gone and (not self._recorded or self.count(as_of) > 0)

    @property
    def is_as_recorded(self) -> bool:
        """Whether nothing was changed: its pages are those of every other index with it."""
        return self._recorded and not self.mutations and not self._has_learned

    def count(self, as_of: str | None) -> int:
        return len(self._times) if as_of is None else bisect.bisect_right(self._times, as_of)

    def serial(self, as_of: str | None) -> int:
        """Grows with every file that appears and every change made here; the recorded serial at the end of time."""
        return self._serial - (len(self._times) - self.count(as_of)) + self.mutations

    def last_change(self, as_of: str | None) -> str:
        """Upload time of the newest visible file."""
        count = self.count(as_of)
        return self._times[count - 1] if count else DEFAULT_UPLOAD

    def add(self, files: Iterable[ReplayFile]) -> None:
        for file in files:
            self._files[file.row.filename] = file
        self._changed()

    def remove(self, filename: str) -> None:
        del self._files[filename]
        self._changed()

    def keep(self, wanted: Callable[[str], bool]) -> None:
        """Removes the files whose names are not wanted."""
        self._files = {name: file for name, file in self._files.items() if wanted(name)}
        self._changed()

    def edit(self, which: str, **changes: object) -> None:
        """Changes the rows of one file name or of a whole version."""
        hit = [file for file in self._files.values() if which in (file.row.filename, file.row.version)]
        if not hit:
            raise KeyError(f"{self.name} has no file or version {which!r}")
        for file in hit:
            self._files[file.row.filename] = replace(file, row=replace(file.row, **changes))
        self._changed()

    def learn(self, metadata: RecordedMetadata, version: str) -> None:
        """What was found in files of a version later; changes no page."""
        for file in [file for file in self._files.values() if file.row.version == version]:
            self._files[file.row.filename] = _with_metadata(file, metadata)
        self._has_learned = True

    def touch(self) -> None:
        self.mutations += 1

    def _changed(self) -> None:
        self.mutations += 1
        # a file that appears between two dates must not make the serial jump back
        self._serial += max(0, len(self._files) - len(self._times))
        self._sort()

    def _sort(self) -> None:
        self._times = sorted(file.row.uploaded_at for file in self._files.values())


def recorded_package(name: str, *, whole: bool = False) -> ReplayPackage:
    """A recorded package, fresh to be changed. FileNotFoundError for a name that was not recorded."""
    package = _read(name)
    return ReplayPackage(
        package.name,
        _recorded_files(name, whole=whole),
        package.serial,
        status=package.status,
        status_reason=package.status_reason,
        recorded=True,
    )


def _with_metadata(file: ReplayFile, metadata: RecordedMetadata) -> ReplayFile:
    """A recorded file with what was found in it."""
    sdist = metadata.sdists.get(file.row.filename)
    members = {} if sdist is None else archives.sdist_members(file.row.filename, sdist.requires_txt, sdist.build)
    return replace(file, metadata=metadata.of(file.row.version, file.row.filename), members=members)


@cache
def _digest(metadata: Lines) -> str:
    """Return the digest of a text, computed once for the many wheels of a release."""
    return hashlib.sha256(archives.metadata_text(metadata)).hexdigest()


@cache
def _recorded_files(name: str, *, whole: bool) -> Sequence[ReplayFile]:
    """Return the files of a package; they are never changed, only replaced."""
    package = _read(name)
    return [_with_metadata(ReplayFile(row, None, whole=whole), package.metadata) for row in package.files]


@cache
def _read(name: str) -> RecordedPackage:
    return read(name)


def stamp(when: str | datetime) -> str:
    """A time as index pages write it, so that times compare as texts. A bare date is its first moment."""
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parse(filename: str) -> tuple[str, str]:
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        name_part, _, rest = filename.partition("-")
        return name_part, rest.split("-")[0] or "0"
    return str(name), str(version)
