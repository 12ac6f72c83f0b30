"""What a contract can be asked and what it reports, from its JSON interface.

Calldata that is not exactly what the interface says (a byte short, dirty high bits) is refused
before it reaches an engine, so that two engines cannot disagree about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eth_hash.auto import keccak

from sandrail.rails.chain.codec import (
    SIGNED_TYPES,
    WORD_TYPES,
    decode_values,
    encode_values,
    packer_of_reported,
)
from sandrail.rails.chain.errors import ArtifactError, CallError

__all__ = ["Event", "Function", "Interface"]


class Function:
    """One function of a contract: encodes calls, reads them back, decodes answers.

    Attributes:
        name, inputs, outputs: from the interface, types as text.
        selector: the four bytes that calls begin with.
        view: it promises to change nothing.
        answers_words: everything it answers is one word each.
    """

    __slots__ = (
        "_pattern",
        "_text",
        "_words",
        "answers_words",
        "inputs",
        "name",
        "outputs",
        "selector",
        "view",
    )

    def __init__(self, entry: Mapping[str, object]) -> None:
        self.name = str(entry["name"])
        self.inputs = _types(entry["inputs"])
        self.outputs = _types(entry["outputs"])
        self.view = entry.get("stateMutability") in ("view", "pure")
        self.selector = keccak(f"{self.name}({','.join(self.inputs)})".encode())[:4]
        known = [WORD_TYPES.get(kind) for kind in self.inputs]
        words = tuple(kind for kind in known if kind is not None)
        self._words = words if len(words) == len(self.inputs) else None
        digits = "".join(kind.pattern for kind in words)
        self._pattern = re.compile(self.selector.hex() + digits)
        self._text = f"({', '.join('%s' if kind.name == 'bool' else '0x%s' for kind in words)})"
        self.answers_words = all(
            kind in WORD_TYPES or kind in SIGNED_TYPES for kind in self.outputs
        )

    @property
    def static(self) -> bool:
        """Whether every argument is one word."""
        return self._words is not None

    def encode(self, *values: object) -> bytes:
        """Return the calldata.

        Raises:
            CallError: a value does not fit its type, or there are too many or too few.
        """
        if self._words is None:
            return self.selector + encode_values(self.inputs, values)
        if len(values) != len(self._words):
            raise CallError(
                f"{self.name} takes {len(self._words)} arguments, not {len(values)}.",
                why=f"Its inputs are ({', '.join(self.inputs)}).",
                fix="Give exactly these, in order.",
                code="chain.bad_argument",
            )
        packed = [kind.pack(value) for kind, value in zip(self._words, values, strict=True)]
        return self.selector + b"".join(packed)

    def render(self, data: bytes) -> str | None:
        """Return the arguments as text in parentheses, None when the calldata is not canonical.

        Calldata of a function that takes arguments of any length is left to the contract: its
        text is empty, and only an engine that takes bytes can run it.
        """
        if self._words is None:
            return ""
        match = self._pattern.fullmatch(data.hex())
        if match is None:
            return None
        digits = match.groups()
        if "bool" in self.inputs:
            names = {"0": "false", "1": "true"}
            digits = tuple(names.get(digit, digit) for digit in digits)
        return self._text % digits

    def decode_output(self, data: bytes) -> tuple[object, ...]:
        """Return the answer of a view: integers, truth values, bytes, addresses as bytes, texts.

        Raises:
            CallError: the bytes do not decode.
        """
        try:
            return decode_values(self.outputs, data)
        except CallError as error:
            raise CallError(
                f"The answer of {self.name} does not decode.",
                why=f"({', '.join(self.outputs)}) was expected. {error.what}",
                fix="Check that the artefact belongs to the contract.",
            ) from error


class Event:
    """One event of a contract.

    Attributes:
        order: position among the events of the interface.
        topic: hash of the signature, the first topic of its logs.
        indexed, plain: types of the arguments in topics and in data.
    """

    __slots__ = ("_cut", "_packers", "indexed", "name", "order", "plain", "topic")

    def __init__(self, entry: Mapping[str, object], order: int) -> None:
        self.name = str(entry["name"])
        self.order = order
        inputs = entry["inputs"]
        types = _types(inputs)
        flags = [bool(item.get("indexed")) for item in _entries(inputs)]
        self.topic = keccak(f"{self.name}({','.join(types)})".encode())
        self.indexed = tuple(kind for kind, flag in zip(types, flags, strict=True) if flag)
        self.plain = tuple(kind for kind, flag in zip(types, flags, strict=True) if not flag)
        kinds = (*self.indexed, *self.plain)
        self._packers = tuple(packer_of_reported(kind) for kind in kinds if kind in WORD_TYPES)
        self._cut = len(self.indexed)

    @property
    def static(self) -> bool:
        """Whether every argument is one word."""
        return len(self._packers) == len(self.indexed) + len(self.plain)

    def encode(self, values: Sequence[object]) -> tuple[tuple[bytes, ...], bytes]:
        """Return topics and data of the event's arguments, indexed ones first.

        Addresses may be text and fixed bytes lists of numbers: an engine reports them so.
        """
        words = [pack(value) for pack, value in zip(self._packers, values, strict=True)]
        cut = self._cut
        return (self.topic, *words[:cut]), b"".join(words[cut:])


class Interface:
    """What a contract can be asked and what it reports, from its JSON ABI."""

    __slots__ = ("by_selector", "constructor", "events", "events_by_topic", "functions")

    def __init__(self, abi: object) -> None:
        self.functions: dict[str, Function] = {}
        self.by_selector: dict[bytes, Function] = {}
        self.events: dict[str, Event] = {}
        self.constructor: tuple[str, ...] = ()
        for entry in _entries(abi):
            kind = entry.get("type")
            if kind == "function":
                function = Function(entry)
                if function.name in self.functions:
                    raise _bad(f"it declares {function.name} twice")
                self.functions[function.name] = function
                self.by_selector[function.selector] = function
            elif kind == "event":
                event = Event(entry, len(self.events))
                self.events[event.name] = event
            elif kind == "constructor":
                self.constructor = _types(entry["inputs"])
        self.events_by_topic = {event.topic: event for event in self.events.values()}


def _entries(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _bad("a list of objects is missing")
    return value


def _types(value: object) -> tuple[str, ...]:
    return tuple(str(item["type"]) for item in _entries(value))


def _bad(why: str) -> ArtifactError:
    return ArtifactError(
        "The interface of the contract cannot be used.",
        why=f"In its JSON ABI, {why}.",
        fix="Compile the contract again, with one function per name.",
    )
