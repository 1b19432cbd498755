"""Read the offers of release profiles on chosen targets, as they were stored or matched again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from operator import itemgetter

from scanner.domain.files.builds import UNSEEN, infer_build
from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import Offer
from scanner.domain.matching.matcher import Matcher, shared_matcher
from scanner.domain.matching.packed_offers import catalogue_digest, catalogue_matcher, unpack_offers
from scanner.domain.releases.pooling import ProfileKey, StoredRelease
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.target import Target
from scanner.models import StoredProfile
from scanner.selectors.rows import CHUNK, in_chunks, marks, select_rows

_COLUMNS = {target.slug: column for column, target in enumerate(CATALOGUE)}


class ProfileTable:
    """The offers of release profiles on chosen targets, and what a build of each needs.

    Offers on targets of the catalogue are read as they were stored. Those on another target, of a profile that was
    stored under an older catalogue, and of several profiles together are matched from the profiles' texts.
    """

    def __init__(self, keys: Iterable[ProfileKey], targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._columns = [_COLUMNS.get(target.slug) for target in self.targets]
        self._uncatalogued = [number for number, column in enumerate(self._columns) if column is None]
        self._catalogue_offers: dict[ProfileKey, bytes] = {}
        self._texts: dict[int, str] = {}
        self._rows: dict[ProfileKey, tuple[Offer, ...]] = {}
        self._same: dict[bytes, tuple[Offer, ...]] = {}
        self._builds: dict[bytes, str] = {}
        self.add(keys)

    def add(self, keys: Iterable[ProfileKey]) -> None:
        """Read more profiles: one query if any of them is new, and one more if any stands for several together."""
        fresh = set(keys) - self._catalogue_offers.keys()
        together = [key for key in fresh if isinstance(key, tuple)]
        members = {member for key in together for member in key}
        alone = ({key for key in fresh if isinstance(key, int)} | members) - self._catalogue_offers.keys()
        if alone:
            offers, texts = _stored_profiles(alone, with_texts=bool(self._uncatalogued))
            self._catalogue_offers.update(offers)
            self._texts.update(texts)
        lacking = members - self._texts.keys()
        if lacking:
            self._texts.update(_texts(lacking))
        for key in together:
            self._catalogue_offers[key] = catalogue_matcher().packed_offers(self._profile(key))

    def _profile(self, key: ProfileKey) -> ReleaseProfile:
        if isinstance(key, int):
            return ReleaseProfile.stored(self._texts[key])
        return ReleaseProfile.of(file for member in key for file in ReleaseProfile.stored(self._texts[member]).files)

    @cached_property
    def _chosen(self) -> Callable[[bytes], bytes]:
        """Return a function from offers on the catalogue to those on the chosen targets, any for one beside it."""
        columns = [column or 0 for column in self._columns]
        if len(columns) < 2:
            return lambda offers: bytes(offers[column] for column in columns)
        pick = itemgetter(*columns)
        return lambda offers: bytes(pick(offers))

    @cached_property
    def _other_matcher(self) -> Matcher:
        return shared_matcher(tuple(self.targets[number] for number in self._uncatalogued))

    def offers(self, profile: ProfileKey) -> tuple[Offer, ...]:
        """Return one offer for each of the chosen targets."""
        row = self._rows.get(profile)
        if row is None:
            row = self._rows[profile] = self._row(profile)
        return row

    def build(self, profile: ProfileKey) -> str:
        """Return what the wheels of such a release say about building it (scanner.domain.files.builds)."""
        # Many profiles have equal offers.
        offers = self._catalogue_offers[profile]
        build = self._builds.get(offers)
        if build is None:
            distinct = unpack_offers(bytes(set(offers)))
            build = self._builds[offers] = infer_build(offer.availability for offer in distinct)
        return build

    def _row(self, profile: ProfileKey) -> tuple[Offer, ...]:
        catalogue_offers = self._catalogue_offers[profile]
        packed = self._chosen(catalogue_offers)
        row = self._same.get(packed)
        if row is None:
            row = self._same[packed] = unpack_offers(packed)
        if not self._uncatalogued:
            return row
        mixed = list(row)
        if isinstance(profile, int):
            offers = self._other_matcher.offers_of_text(self._texts[profile])
        else:
            offers = self._other_matcher.offers_once(self._profile(profile))
        for column, offer in zip(self._uncatalogued, offers, strict=True):
            mixed[column] = offer
        return tuple(mixed)


def _texts(profile_ids: Collection[int]) -> dict[int, str]:
    wanted = sorted(profile_ids)
    found: dict[int, str] = {}
    for some in in_chunks(wanted, CHUNK):
        found.update(StoredProfile.objects.filter(pk__in=some).values_list("pk", "text"))
    return found


def _stored_profiles(
    profile_ids: Collection[int], *, with_texts: bool
) -> tuple[dict[ProfileKey, bytes], dict[int, str]]:
    """Return packed offers on the whole catalogue, and the texts of all profiles or of none."""
    wanted = sorted(profile_ids)
    current = catalogue_digest()
    found: dict[ProfileKey, bytes] = {}
    texts: dict[int, str] = {}
    outdated: list[int] = []
    fields = ("pk", "catalogue", "offers", *("text",) * with_texts)
    for some in in_chunks(wanted, CHUNK):
        for pk, catalogue, packed, *text in select_rows(StoredProfile, fields, f"id IN {marks(some)}", some):
            texts.update((pk, one) for one in text)
            if catalogue == current:
                found[pk] = bytes(packed)
            else:
                outdated.append(pk)
    for pk, written in _texts(outdated).items():
        found[pk] = catalogue_matcher().packed_offers(ReleaseProfile.parse(written))
    return found, texts


def build_detail(release: StoredRelease, profiles: ProfileTable) -> str:
    """Return what building a release needs: what its sdist showed, else what its wheels say."""
    return release.build_detail or profiles.build(release.profile) or UNSEEN
