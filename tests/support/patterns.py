"""Every regular expression of the product, and texts that are hard for it.

A pattern that takes quadratic time shows it on a text made of its own parts: what it
repeats, or what it begins with, many times, and then nothing that it could end with.
"""

import ast
import importlib
import itertools
import pkgutil
import re
import re._constants as opcodes  # type: ignore[import-not-found]  # private, and has no stubs
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = ("api_routes", "backend_jobs", "jiema_app", "sandbox")
ROOT: Final = Path(__file__).resolve().parents[2]
UNIMPORTABLE: Final = ("__main__",)
"""Modules that do something when they are imported."""
FUNCTIONS: Final = frozenset(
    {"match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
)
PARTS_MAX: Final = 40
WHOLE: Final = frozenset({"match", "fullmatch"})
"""How a pattern is used that is tried at one place of the text only."""


@dataclass(frozen=True)
class Pattern:
    """A pattern, where it is, and how it is used."""

    where: str
    compiled: re.Pattern[Any]
    methods: frozenset[str]

    def try_on(self, text: str) -> None:
        """Use it as the product does, on a text."""
        is_bytes = isinstance(self.compiled.pattern, bytes)
        subject: Any = text.encode("utf-8", "replace") if is_bytes else text
        for method in self.methods:
            getattr(self.compiled, method)(subject)


def all_patterns() -> list[Pattern]:
    """Those that modules hold, and those that are written where they are used."""
    return sorted(
        {p.where + str(p.compiled.pattern): p for p in (*_held(), *_inline())}.values(),
        key=lambda pattern: pattern.where,
    )


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def _uses() -> dict[str, set[str]]:
    """By the name of a pattern: the methods that are called on it, anywhere."""
    used: dict[str, set[str]] = {}
    for _, tree in _sources():
        for node in ast.walk(tree):
            # Not only calls: `filter(NAME.fullmatch, …)` is a use as well.
            if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                used.setdefault(name, set()).add(node.attr)
    return used


def _held() -> Iterator[Pattern]:
    uses = _uses()
    for package in PACKAGES:
        found = pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
        for name in (package, *(info.name for info in found)):
            if name.rpartition(".")[2] in UNIMPORTABLE:
                continue
            module = importlib.import_module(name)
            for attribute, value in vars(module).items():
                if isinstance(value, re.Pattern) and value.pattern:
                    methods = _methods(uses.get(attribute, set()))
                    yield Pattern(f"{name}.{attribute}", value, methods)


def _methods(used: set[str]) -> frozenset[str]:
    tried = used & WHOLE
    return frozenset(tried) if used and used <= WHOLE else frozenset({*tried, "search"})


def _inline() -> Iterator[Pattern]:
    for name, tree in _sources():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                    args=[ast.Constant(value=str(source)), *_],
                ) if method in FUNCTIONS:
                    where = f"{name}:{node.lineno}"
                    yield Pattern(where, re.compile(source), _methods({method}))


def hard_texts(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of a size, made of a pattern's own parts."""
    source = pattern.pattern
    if isinstance(source, bytes):
        source = source.decode("latin-1")
    tree = parser.parse(source, pattern.flags)
    parts = list(dict.fromkeys(filter(None, _parts(tree))))[:PARTS_MAX]
    whole = "".join(parts[:1])
    pairs = [first + second for first, second in itertools.permutations(parts[:6], 2)]
    for repeated in dict.fromkeys((*parts, *pairs)):
        many = repeated * (size // len(repeated))
        yield many
        yield many + "\x00"
        yield whole + many + "!"


def _parts(tree: Any) -> Iterator[str]:
    """What a pattern consists of, each as a text that fits it; the whole first."""
    yield _example(tree)
    for index, (operation, value) in enumerate(tree):
        # The beginning of a sequence, which a text may hold many times without its end.
        yield _example(list(tree)[: index + 1])
        yield _example([(operation, value)])
        if operation in (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT):
            yield from _parts(value[2])
        elif operation is opcodes.SUBPATTERN:
            yield from _parts(value[3])
        elif operation is opcodes.BRANCH:
            for branch in value[1]:
                yield from _parts(branch)
        elif operation in (opcodes.ASSERT, opcodes.ASSERT_NOT):
            yield from _parts(value[1])


def _example(tree: Any) -> str:
    return "".join(_one(operation, value) for operation, value in tree)


def _one(operation: Any, value: Any) -> str:
    text = ""
    if operation is opcodes.LITERAL:
        text = chr(value)
    elif operation is opcodes.NOT_LITERAL:
        text = "b" if value == ord("a") else "a"
    elif operation is opcodes.ANY:
        text = "a"
    elif operation is opcodes.IN:
        text = _member(value)
    elif operation in (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT):
        text = _example(value[2]) * max(1, min(value[0], 50))
    elif operation is opcodes.SUBPATTERN:
        text = _example(value[3])
    elif operation is opcodes.ASSERT and value[0] < 0:
        text = _example(value[1])
    elif operation is opcodes.BRANCH:
        text = _example(value[1][0])
    return text


def _member(members: Any) -> str:
    """A character of a class."""
    if members[0][0] is opcodes.NEGATE:
        fits = (chr(number) for number in (*range(97, 123), *range(33, 127)))
        return next((c for c in fits if not any(_has(m, c) for m in members[1:])), "é")
    operation, value = members[0]
    if operation is opcodes.LITERAL:
        return chr(value)
    if operation is opcodes.RANGE:
        return chr(value[0])
    return {opcodes.CATEGORY_DIGIT: "1", opcodes.CATEGORY_SPACE: " "}.get(value, "a")


def _has(member: Any, character: str) -> bool:
    operation, value = member
    if operation is opcodes.LITERAL:
        return ord(character) == int(value)
    if operation is opcodes.RANGE:
        return int(value[0]) <= ord(character) <= int(value[1])
    return bool(
        {
            opcodes.CATEGORY_DIGIT: character.isdigit(),
            opcodes.CATEGORY_SPACE: character.isspace(),
            opcodes.CATEGORY_WORD: character.isalnum() or character == "_",
        }.get(value, False)
    )


def seconds(pattern: Pattern, text: str) -> float:
    """The least time of this thread's own that a pattern took for a text, in a few tries."""

    def once() -> float:
        began = time.thread_time()
        pattern.try_on(text)
        return time.thread_time() - began

    return min(once() for _ in range(3))
