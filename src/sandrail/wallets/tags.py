"""What is said of addresses elsewhere: sanctions lists and attribution packs, version by version.

A new version of a source replaces the old one, and only what differs is worked on. Several sources
may speak of one address; the category that the pack names first wins over the later ones, and any
of them over the attribution to a known service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandrail.screening import ScreeningList
from sandrail.wallets.errors import WalletError
from sandrail.wallets.limits import TAGS_MAX
from sandrail.wallets.register import clean_address

__all__ = ["SERVICE_TAG", "TagBook", "TagUpdate", "tag_update"]

SERVICE_TAG = ""
"""The category of a wallet that a known service runs: it mixes what it receives."""

SANCTIONS = "sanctions"

_SPOKEN_AS = {
    "mixing_service": "mixer",
    "mixing": "mixer",
    "coinjoin": "mixer",
    "mixer": "mixer",
    "hack": "theft",
    "theft": "theft",
    "stolen_funds": "theft",
    "darknet_market": "darknet",
    "dark_web": "darknet",
    "market": "darknet",
    "terrorism": "terrorism",
    "terrorism_financing": "terrorism",
    "terrorist_financing": "terrorism",
    "exchange": SERVICE_TAG,
    "hosted_wallet": SERVICE_TAG,
    "payment_processor": SERVICE_TAG,
}
"""Words of public attribution packs and what this room calls them; any other word stays itself."""


@dataclass(frozen=True, slots=True)
class TagUpdate:
    """One version of one source, as what changed since the version before.

    Attributes:
        source: the list, such as ``ofac``.
        version: its version, as screening names it.
        tagged: address and category, sorted by address.
        untagged: addresses it no longer names, sorted.
    """

    source: str
    version: str
    tagged: tuple[tuple[str, str], ...]
    untagged: tuple[str, ...]

    def as_plain(self) -> dict[str, object]:
        """Return the payload of a ``wallets.tagged`` fact."""
        return {
            "source": self.source,
            "version": self.version,
            "tagged": [list(pair) for pair in self.tagged],
            "untagged": list(self.untagged),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> TagUpdate:
        """Read the payload of a fact back."""
        tagged, untagged = plain["tagged"], plain["untagged"]
        assert isinstance(tagged, list) and isinstance(untagged, list)
        return cls(
            source=str(plain["source"]),
            version=str(plain["version"]),
            tagged=tuple((str(address), str(category)) for address, category in tagged),
            untagged=tuple(map(str, untagged)),
        )


class TagBook:
    """Every source in force and what it says."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self._said: dict[str, dict[str, str]] = {}
        self._by_address: dict[str, dict[str, str]] = {}

    def __len__(self) -> int:
        return len(self._by_address)

    def source(self, name: str) -> Mapping[str, str]:
        """Return what a source says: category by address."""
        return self._said.get(name, {})

    def of(self, address: str) -> Mapping[str, str]:
        """Return what the sources say of an address: category by source."""
        return self._by_address.get(address, {})

    def category(self, address: str, order: Sequence[str]) -> str | None:
        """Return the category that counts under the pack's order; None where none does."""
        said = set(self.of(address).values())
        for category in order:
            if category in said:
                return category
        return SERVICE_TAG if SERVICE_TAG in said else None

    def apply(self, update: TagUpdate) -> list[str]:
        """Take over a new version of a source; return the addresses it spoke of."""
        self.versions[update.source] = update.version
        said = self._said.setdefault(update.source, {})
        for address in update.untagged:
            said.pop(address, None)
            self._by_address.get(address, {}).pop(update.source, None)
        for address, category in update.tagged:
            said[address] = category
            self._by_address.setdefault(address, {})[update.source] = category
        return [*update.untagged, *(address for address, _ in update.tagged)]


def tag_update(found: ScreeningList, book: TagBook) -> TagUpdate:
    """Return what a version of a list changes in the tags.

    Every wallet on a list of designated persons is tagged as sanctioned; a pack of attributions
    says itself what it accuses an address of.

    Raises:
        WalletError: it holds more addresses than one source may.
    """
    said: dict[str, str] = {}
    for entry in found.entries:
        for number in entry.identifiers:
            if number.scheme == "wallet":
                said[clean_address(number.value)] = _category(found.source, entry.programme)
    if len(said) > TAGS_MAX:
        raise WalletError(
            f"{found.source} names {len(said)} addresses.",
            why=f"One source may name {TAGS_MAX}.",
            fix="Split the file.",
            code="wallets.bad_tag",
        )
    before = book.source(found.source)
    return TagUpdate(
        source=found.source,
        version=found.version,
        tagged=tuple(sorted(pair for pair in said.items() if before.get(pair[0]) != pair[1])),
        untagged=tuple(sorted(before.keys() - said.keys())),
    )


def _category(source: str, programme: str) -> str:
    if source != "tagpack":
        return SANCTIONS
    word = programme.strip().lower().replace(" ", "_").replace("-", "_")
    return _SPOKEN_AS.get(word, word or SERVICE_TAG)
