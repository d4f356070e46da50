"""Text from outside becomes a number in one place: `jiema_app.domain.outside_numbers`.

Python's own readers raise on what is too long, and take more than digits. So each use of one of
them is listed here, with the reason why what it reads is not a stranger's text.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "api_routes",
    "jiema_app/domain",
    "jiema_app/site",
    "jiema_app/serving",
)
HOME = "jiema_app/domain/outside_numbers.py"
ONLY_LOOKED_AT = "jiema_app/domain/orders/code_finding/"
"""Texts of at most a page, of which no number is ever made: what is a digit may be asked there."""
ASKED = {"isdigit", "isdecimal", "isnumeric"}

READERS = {"int", "float", "Decimal", "Fraction"}
METHODS = {"isdigit", "isdecimal", "isnumeric", "fromisoformat", "strptime", "fromtimestamp"}
OF_CHARACTERS = {"decimal", "digit", "numeric"}
ALREADY_NUMBERS = {"timestamp", "total_seconds"}
"""Methods that return a float: of what they return, int() and float() make a number again."""

ROW = "a numeric column of our own database"
ENUM = "a member of an enumeration of numbers"
ADAPTED = "a number already: adapters read what nodes answer"

ALLOWED = {
    "api_routes/addresses.py": {
        "int(parsed)": "an address that was read: its bits",
    },
    "api_routes/forwarded.py": {"int(parsed)": "likewise"},
    "api_routes/auth/sign_in_context.py": {
        "float(session[key]['exp'])": "a cookie that we signed; a number there",
    },
    "jiema_app/domain/catalog/folding.py": {
        "character.isdecimal()": "asked so that unicodedata knows it",
        "unicodedata.decimal(character)": "a decimal digit, as was asked before",
    },
    "jiema_app/domain/identity/session_tokens.py": {
        "int(body['sv'])": "of a token that we signed, and whatever it raises means: no token",
        "int(body['iat'])": "likewise",
        "int(body['exp'])": "likewise",
        "datetime.fromtimestamp(int(body['iat']), UTC)": "likewise",
        "datetime.fromtimestamp(int(body['exp']), UTC)": "likewise",
    },
    "jiema_app/domain/identity/telegram_widget.py": {
        "datetime.fromtimestamp(stated, UTC)": "what is out of range is refused around it",
    },
    "jiema_app/domain/ledger/service.py": {"int(source)": ENUM, "int(target)": ENUM},
    "jiema_app/domain/ledger/statement.py": {"int(entry)": ROW},
    "jiema_app/domain/ledger/statement_filter.py": {
        "date.fromisoformat(value)": "ten characters of a pattern; no such day is caught",
    },
    "jiema_app/domain/operations/figures.py": {"int(pulse.is_ok)": "a truth value"},
    "jiema_app/domain/ledger/proof.py": {
        "int(await connection.fetchval(question, *arguments, timeout=PATIENCE_S))": ROW,
    },
    "jiema_app/domain/ledger/proof_rounds.py": {
        "int(moment.rounds.get(part) or BOTTOM[part])": "a place that we wrote down ourselves",
    },
    "jiema_app/domain/withdrawals/review_views.py": {
        "datetime.fromisoformat(one['at'])": "a moment of our own row, as we wrote it",
    },
    "jiema_app/domain/ledger/verification.py": {"defaultdict(int)": "counts begin at zero"},
    "jiema_app/domain/orders/code_finding/folding.py": {
        "unicodedata.decimal(character)": "a decimal digit, by its category",
    },
    "jiema_app/domain/orders/views.py": {
        "datetime.fromisoformat(at)": "a moment of our own row, as PostgreSQL writes it in JSON",
    },
    "jiema_app/domain/recharges/judging.py": {"int(payment.amount)": ROW},
    "jiema_app/domain/chain/reconciliation.py": {
        "int(balances[one])": ADAPTED,
        "int(books['pool'])": ROW,
        "int(books['judged'])": ROW,
    },
    "jiema_app/domain/referrals/findings.py": {
        "datetime.fromisoformat(evidence[name])": "a moment of our own row; what it raises is caught",
    },
    "jiema_app/domain/payment_reviews/views.py": {"int(fields['amount'])": ROW},
    "jiema_app/domain/payment_reviews/service.py": {
        "int(HouseAccount.PAYMENTS_HELD)": ENUM,
        "int(move.target)": ENUM,
    },
    "jiema_app/domain/chain/scanner.py": {"Decimal(transfer.amount)": ADAPTED},
    "jiema_app/domain/support/settling.py": {
        "int(delivery.recipient)": "the group's number, which we wrote down as a text ourselves",
    },
    "jiema_app/domain/typed_amounts.py": {
        "int(re.sub('\\\\D', '', whole))": "at most nine digits by the patterns, made ASCII before",
        "int(part.ljust(MICRO, '0'))": "six digits, likewise",
        "char.isdecimal()": "of a text of at most 32 characters; asked so that unicodedata knows it",
        "unicodedata.decimal(char)": "a decimal digit, as was asked before",
    },
    "jiema_app/serving/session_cookie.py": {
        "float(body['iat'])": "whatever it raises means: not old",
    },
}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def suspects(tree: ast.AST) -> Iterator[str]:
    """Every use of a reader, as it stands in the source."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in READERS:
            if node.args and not is_number(node.args[0]):
                yield ast.unparse(node)
        elif isinstance(called, ast.Attribute):
            is_character = isinstance(called.value, ast.Name) and called.value.id == "unicodedata"
            if called.attr in METHODS or (is_character and called.attr in OF_CHARACTERS):
                yield ast.unparse(node)
        handed_on = [one for one in node.args if isinstance(one, ast.Name) and one.id in READERS]
        if handed_on and not (
            isinstance(called, ast.Name) and called.id in {"isinstance", "issubclass", "NewType"}
        ):
            yield ast.unparse(node)


def is_number(node: ast.expr) -> bool:
    """Whether what is converted cannot be text, or is a column of a row."""
    if isinstance(node, ast.Constant | ast.Compare):
        return True
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.Add | ast.Mod)  # texts know these two
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id == "row"
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ALREADY_NUMBERS


def found() -> dict[str, set[str]]:
    everywhere = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            uses = set(suspects(ast.parse(path.read_text(encoding="utf-8"))))
            if place(path).startswith(ONLY_LOOKED_AT):
                uses = {use for use in uses if use[:-2].rpartition(".")[2] not in ASKED}
            if uses and place(path) != HOME:
                everywhere[place(path)] = uses
    return everywhere


def test_text_becomes_a_number_in_one_place() -> None:
    unexplained = {
        where: uses - set(ALLOWED.get(where, {}))
        for where, uses in found().items()
        if uses - set(ALLOWED.get(where, {}))
    }
    assert unexplained == {}, "read it with jiema_app.domain.outside_numbers, or say why not"


def test_what_is_allowed_is_still_there() -> None:
    everywhere = found()
    for where, uses in ALLOWED.items():
        assert set(uses) <= everywhere.get(where, set()), where


def test_the_check_sees_what_it_is_for() -> None:
    for text in ("int(text)", "float(header.strip())", "Decimal(field)", "text.isdigit()", "map(int, parts)",
                 "datetime.fromisoformat(text)", "unicodedata.numeric(text)", "int(a + b)"):  # fmt: skip
        assert list(suspects(ast.parse(text))), text
    for text in ("int(moment.timestamp() * 1000)", "int(age.total_seconds())", "isinstance(x, int)",
                 "float('inf')", "int(n != 1)"):  # fmt: skip
        assert not list(suspects(ast.parse(text))), text
