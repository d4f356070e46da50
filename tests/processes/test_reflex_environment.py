"""What somebody set for another Reflex does not reach ours."""

import os
import subprocess
import sys

from jiema_app.processes.paths import ROOT

ASKED = """
from jiema_app.processes.reflex_environment import use_for_serving
use_for_serving()
from reflex_base.config import get_config
config = get_config()
print(config.redis_url, config.state_manager_mode.name, config.cors_allowed_origins)
"""
FOREIGN = {
    "REFLEX_REDIS_URL": "redis://127.0.0.1:1/0",
    "REFLEX_STATE_MANAGER_MODE": "disk",
    "REFLEX_CORS_ALLOWED_ORIGINS": "https://evil.example",
}


def test_variables_of_another_reflex_do_not_overrule_ours() -> None:
    """With a Redis, a tab that was duplicated could leave the first one deaf."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT, env=os.environ | FOREIGN, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split("\n")[-2] == "None MEMORY []"
