"""Makers of files that cost much: each shape gives files of about `size` bytes in all."""

import json
from collections.abc import Callable, Mapping
from typing import Any

Files = Mapping[str, bytes]
Shape = Callable[[int], Files]


def repeated(name: str, unit: str, *, before: str = "", after: str = "") -> Shape:
    def make(size: int) -> Files:
        times = max(1, (size - len(before) - len(after)) // len(unit))
        return {name: (before + unit * times + after).encode()}

    return make


def numbered(name: str, unit: str, *, before: str = "", after: str = "") -> Shape:
    """`{}` in the unit is the number of the repetition."""

    def make(size: int) -> Files:
        parts, length, number = [before], len(before) + len(after), 0
        while length < size:
            part = unit.replace("{}", str(number))
            parts.append(part)
            length += len(part)
            number += 1
        return {name: ("".join([*parts, after])).encode()}

    return make


def two(first: Shape, second: Shape) -> Shape:
    return lambda size: {**first(size // 2), **second(size // 2)}


def many_files(unit: str, count: int) -> Shape:
    def make(size: int) -> Files:
        each = max(1, size // count // len(unit))
        return {f"requirements/{number}.txt": (unit * each).encode() for number in range(count)}

    return make


def nested(name: str, opening: str, closing: str, *, before: str = "", after: str = "") -> Shape:
    def make(size: int) -> Files:
        depth = max(1, (size - len(before)) // (len(opening) + len(closing)))
        return {name: (before + opening * depth + closing * depth + after).encode()}

    return make


def repeated_json(name: str, key: str, unit: object, **rest: object) -> Shape:
    def make(size: int) -> Files:
        each = len(json.dumps(unit)) + 2
        return {name: json.dumps({**rest, key: [unit] * max(1, size // each)}).encode()}

    return make


def numbered_json(name: str, make_entry: Callable[[int], object], wrap: Callable[[list[Any]], object]) -> Shape:
    def make(size: int) -> Files:
        each = len(json.dumps(make_entry(10_000))) + 2
        return {name: json.dumps(wrap([make_entry(number) for number in range(max(1, size // each))])).encode()}

    return make
