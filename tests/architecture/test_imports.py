"""What may load what."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.loaded import ensure_not_loaded
from tests.support.polling import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


def test_the_package_of_the_app_is_empty() -> None:
    """Jobs and API import it, and must not pay for Reflex."""
    assert (ROOT / "jiema_app" / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("module", ["backend_jobs.__main__", "api_routes.app", "sandbox.asgi"])
def test_reflex_is_not_loaded_by(module: str) -> None:
    ensure_not_loaded("", module, {"reflex"})


@pytest.mark.parametrize("module", ["backend_jobs.__main__", "jiema_app.jiema_app"])
def test_sqlalchemy_is_not_loaded_by(module: str) -> None:
    """Whoever serves or works speaks asyncpg; SQLAlchemy and the tables take 35 MB."""
    serving = (
        "from jiema_app.processes.reflex_environment import use_for_serving; use_for_serving()"
    )
    ensure_not_loaded(serving, module, {"sqlalchemy", "sqlmodel", "alembic"})


def test_set_up_scripts_need_nothing_but_the_standard_library() -> None:
    """They run before the virtual environment exists."""
    for name in ("install", "ports"):
        script = ROOT / "jiema_app" / "processes" / f"{name}.py"
        finished = subprocess.run(
            [sys.executable, "-S", "-I", "-c", f"import runpy; runpy.run_path({str(script)!r})"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert finished.returncode == 0, finished.stderr
