"""What must not stand in any file of the project."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Put together here, so that this file does not hold them either.
FORBIDDEN = (
    "/wo" + "rk/",
    "../sha" + "red",
    "regis" + "try.npmjs.org",
    "regis" + "try.yarnpkg.com",
)


def project_files() -> Iterator[Path]:
    """Every file that is, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield path


def test_no_file_depends_on_where_it_was_written() -> None:
    offences = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        offences += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert offences == []


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
