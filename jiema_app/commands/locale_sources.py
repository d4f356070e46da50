"""The texts that the sources ask to be translated."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes

from jiema_app.i18n.translation import placeholders

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = ("api_routes", "jiema_app")

WITHOUT_LOCALE: Final = {
    "t": ("text",),
    "tc": ("context", "text"),
    "tn": ("text", "plural", "n"),
}
PYTHON: Final = {
    "jiema_app.i18n.translation": {
        name: ("locale", *shape) for name, shape in WITHOUT_LOCALE.items()
    },
    "jiema_app.i18n.page_texts": WITHOUT_LOCALE,
}
"""The modules whose functions give texts, and what the arguments of those are."""

JINJA: Final = {
    "_": ("text",),
    "pgettext": ("context", "text"),
    "ngettext": ("text", "plural", "n"),
}
"""The same functions in templates, where the locale is bound already."""

REMARK: Final = re.compile(r"\s*(?:#|\{#)\s*Translators:(.*)")


class UnusableText(ValueError):
    """A text that no catalogue can hold; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place that asks for a text."""

    path: str
    text: str
    plural: str | None = None
    context: str | None = None
    remark: str = ""
    """What the line above tells translators."""


@dataclass(frozen=True, slots=True)
class _Call:
    path: str
    line: int
    function: str
    arguments: Sequence[str | None]
    """None: not a literal."""
    given: frozenset[str] | None
    """Names of the values; None when they are not written out."""


def extract_template(root: Path = ROOT) -> Catalog:
    """Every text of the sources below ``root``, in the order of files and lines.

    Raises:
        UnusableText: Something is asked for that can't be translated.
    """
    return collect(use for path in _source_files(root) for use in _uses_in_file(path, root))


def collect(uses: Iterable[Use]) -> Catalog:
    """A template with each text once."""
    catalogue = Catalog(charset="utf-8")
    plurals: dict[tuple[str, str | None], str | None] = {}
    for use in uses:
        if plurals.setdefault((use.text, use.context), use.plural) != use.plural:
            raise UnusableText(f"{use.path}: {use.text!r} stands elsewhere with another plural")
        message = catalogue.add(
            (use.text, use.plural) if use.plural else use.text,
            locations=[(use.path, 0)],
            auto_comments=[use.remark] if use.remark else [],
            context=use.context,
        )
        message.flags.clear()  # Babel takes "100% back" for a format
    return catalogue


def uses_in_python(source: str, path: str) -> Iterator[Use]:
    """The texts of a Python module that takes ``t``, ``tc`` or ``tn`` from one of ours."""
    tree = ast.parse(source)
    shapes = {
        name.asname or name.name: shapes_of_module[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for shapes_of_module in (PYTHON.get(node.module or "", {}),)
        for name in node.names
        if name.name in shapes_of_module
    }
    calls = [
        _Call(
            path=path,
            line=node.lineno,
            function=node.func.id,
            arguments=[_literal(argument) for argument in node.args],
            given=_names([keyword.arg for keyword in node.keywords]),
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in shapes
    ]
    yield from _uses(calls, shapes, source)


def uses_in_jinja(source: str, path: str) -> Iterator[Use]:
    """The texts of a fragment."""
    calls = [
        _Call(
            path=path,
            line=node.lineno,
            function=node.node.name,
            arguments=[_constant(argument) for argument in node.args],
            given=_names([keyword.key for keyword in node.kwargs]),
        )
        # Nothing is rendered here: this environment only reads.
        for node in Environment(autoescape=True).parse(source).find_all(nodes.Call)
        if isinstance(node.node, nodes.Name) and node.node.name in JINJA
    ]
    yield from _uses(calls, JINJA, source)


def _source_files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".jinja"}:
                yield path


def _uses_in_file(path: Path, root: Path) -> Iterator[Use]:
    read = uses_in_python if path.suffix == ".py" else uses_in_jinja
    return read(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())


def _uses(calls: list[_Call], shapes: dict[str, tuple[str, ...]], source: str) -> Iterator[Use]:
    lines = source.splitlines()
    for call in sorted(calls, key=lambda call: call.line):
        above = REMARK.match(lines[call.line - 2]) if call.line > 1 else None
        remark = above[1].strip().removesuffix("#}").strip() if above else ""
        yield _use(call, shapes[call.function], remark)


def _use(call: _Call, shape: tuple[str, ...], remark: str) -> Use:
    where = f"{call.path}:{call.line}: {call.function}()"
    if len(call.arguments) != len(shape):
        raise UnusableText(f"{where} takes {', '.join(shape)}, then values by name")
    words = dict(zip(shape, call.arguments, strict=True))
    text, plural, context = words["text"], words.get("plural"), words.get("context")
    if any(not words[name] for name in ("text", "plural", "context") if name in shape):
        raise UnusableText(f"{where} needs its words as literals")
    assert text is not None  # just seen
    wanted = placeholders(text)
    if plural is not None:
        wanted -= {"n"}
        if wanted != placeholders(plural) - {"n"}:
            raise UnusableText(f"{where} has other placeholders in its plural")
    if call.given is not None and call.given != wanted:
        raise UnusableText(f"{where} wants {sorted(wanted)}, is given {sorted(call.given)}")
    return Use(call.path, text, plural, context, remark)


def _literal(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _constant(argument: nodes.Expr) -> str | None:
    if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
        return argument.value
    return None


def _names(keywords: Sequence[str | None]) -> frozenset[str] | None:
    names = frozenset(name for name in keywords if name is not None)
    return names if len(names) == len(keywords) else None
