"""tronweb and TronGridJS, which we did not write, unmodified, against a live sandbox."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import ROOT
from tests.sandbox.tron_payer import HOT_ADDRESS


@pytest.fixture(scope="session")
def tron_npm_client() -> Iterator[Path]:
    """The npm clients, installed from their lock file into the data directory's cache."""
    here = Path(__file__).with_name("tron_npm_client")
    cache = Path(os.environ.get("JIEMA_DATA_DIR") or ROOT / ".data") / "cache"
    target = cache / f"sandbox_tron_npm_client-{os.getpid()}"
    target.mkdir(parents=True, exist_ok=True)
    for path in (*here.glob("package*.json"), *here.glob("*.cjs")):
        shutil.copy(path, target / path.name)
    done = subprocess.run(
        [_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=target,
        env=_node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"npm ci failed:\n{done.stdout}\n{done.stderr}"
    yield target
    shutil.rmtree(target)


def _tool(name: str) -> str:
    """Prefer the Node that the requirements bring along."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is needed for this test"
    return found


def _node_environment() -> dict[str, str]:
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def _walk(script: str, live: Any, clients: Path) -> Any:
    """What a script of the npm clients saw."""
    done = subprocess.run(
        [_tool("node"), script, live.url],
        cwd=clients,
        env=_node_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_tronweb_pays_checks_and_is_refused(live: Any, tron_npm_client: Path) -> None:
    seen = _walk("drive.cjs", live, tron_npm_client)
    current = seen.pop("current")
    assert seen == {
        "trx": 900_000_000,
        "before": "1000000000",
        "listed": False,
        "symbol": "USDT",
        "nodeIsHonest": True,
        "sent": True,
        "sameId": True,
        "memo": True,
        "hexed": True,
        "contractSend": 64,
        "receipt": "SUCCESS",
        "solidAtOnce": False,
        "solidLater": True,
        "after": "25000001",
        "result": "SUCCESS",
        "forged": "SIGERROR",
        "twice": "DUP_TRANSACTION_ERROR",
        "energy": 64_285,
        "range": [1, 2, 3],
        "parameters": 8,
        "freeBytes": 600,
        "node": f"Num:{current}",
    }


def test_tronweb_and_trongrid_read_events_lists_and_resources(
    live: Any, tron_npm_client: Path
) -> None:
    seen = _walk("wallets.cjs", live, tron_npm_client)
    assert seen == {
        "sure": ["1", "1000000000"],
        "unsure": ["3", "2"],
        "oldest": ["1000000000", "1"],
        "pages": [["3", "2"], ["1", "1000000000"]],
        "ofBlock": ["3"],
        "latest": ["3"],
        "ofTransaction": ["3"],
        "refused": {"success": False, "error": "Invalid fingerprint provided", "statusCode": 400},
        "bandwidth": 600,
        "energy": 5000,
        "energyPrices": "0:100",
        "bandwidthPrices": "0:1000",
        "delegated": {},
        "delegatedIndex": True,
        "delegable": {},
        "unfreezes": 32,
        "withdrawable": {},
        "witnesses": 27,
        "peers": ["127.0.0.1:18888"],
        "proposals": [],
        "maintenance": True,
        "contract": "TetherToken",
        "found": "1000000006",
        "latestBlocks": 2,
        "connected": [True, True],
        "staking": "class java.lang.IllegalArgumentException : "
        "contracts of type FreezeBalanceContract are not played here",
        # Of the client that spells options in camel case.
        "account": 900_000_000,
        "trc20Sure": ["1", "1000000000"],
        "trc20Unsure": ["3", "2"],
        "sent": 0,
        "nextPage": ["2", "3"],
        "gridBlock": ["3"],
        "gridTransaction": ["3"],
        "holders": 3,
        "assets": [],
    }


def test_tronweb_pays_out_by_two_nodes_in_trouble(live: Any, tron_npm_client: Path) -> None:
    seen = _walk("payouts.cjs", live, tron_npm_client)
    duplicate = "DUP_TRANSACTION_ERROR"
    assert seen == {
        "hot": HOT_ADDRESS,
        "neverMined": [True, None],
        "dupUnknown": [duplicate, None],
        "dupStill": duplicate,
        "byTheOther": True,
        "theOthersReceipt": "SUCCESS",
        "dup": [duplicate, "SUCCESS"],
        "unanswered": [504, "SUCCESS"],
        "twice": duplicate,
        "tapos": ["TAPOS_ERROR", None],
        "expired": ["TRANSACTION_EXPIRATION_ERROR", None],
        "revert": [True, "REVERT"],
        "outOfEnergy": [True, "OUT_OF_ENERGY"],
        "gas": True,
        "gasFee": [1_100_000, {"net_fee": 100_000}],
        "gasHeld": 15_000_000,
        "energyFee": 300,
        "behind": 5,
        "lie": 1_500_000,
    }
