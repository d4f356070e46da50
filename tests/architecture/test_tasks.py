"""A task that lives as long as its process is supervised; the others are known by name."""

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SHORT_LIVED = Counter(
    {
        "api_routes/auth/click_counting.py": 1,  # one click; its errors are caught, few at once
        "api_routes/redis_link.py": 1,  # ends with its connection, begun anew by whoever asks
        "api_routes/shared_windows.py": 1,  # one question to Redis, bounded
        "backend_jobs/__main__.py": 1,  # one run of a job, inside a supervised group
        "jiema_app/domain/grouped_reads.py": 1,  # as long as somebody waits; its errors are theirs
        "jiema_app/domain/notifications/sender.py": 2,  # one call, bounded; a wait
        "jiema_app/domain/operations/lookout.py": 1,  # one look, bounded
        "jiema_app/domain/operations/readiness.py": 1,  # the part of a look that may hang
        "jiema_app/domain/orders/sync.py": 1,  # one question to the supplier, bounded
        "jiema_app/domain/telegram/handling.py": 2,  # one update, bounded; a wait
        "jiema_app/domain/telegram/inbox.py": 1,  # as long as somebody waits; its errors are theirs
        "jiema_app/integrations/connections.py": 1,  # closing one connection
        "jiema_app/integrations/pacing.py": 1,  # as long as somebody waits, begun anew by whoever does
        "jiema_app/integrations/supplier/handler_api/active_list.py": 1,  # pages of one list
        "jiema_app/integrations/supplier/handler_api/adapter.py": 1,  # parts of one list
        "jiema_app/integrations/tron/source.py": 1,  # parts of one answer
        "jiema_app/site/states/live_pages.py": 1,  # one push to one page; its errors are caught
        "jiema_app/supervised_tasks.py": 1,  # the supervisor itself
        "jiema_app/serving/page_server.py": 1,  # one page
        "jiema_app/serving/page_socket.py": 2,  # giving memory back, a while after many left
        "jiema_app/serving/unread_bytes.py": 1,  # as long as a page is connected, begun anew with the next
    }
)
"""How often a file begins a task of its own, and why nobody need watch over it."""


def test_nothing_begins_a_task_that_nobody_watches_over() -> None:
    found: Counter[str] = Counter()
    for folder in ("api_routes", "backend_jobs", "jiema_app"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in {
                    "create_task",
                    "ensure_future",
                }:
                    found[str(path.relative_to(ROOT))] += 1
    assert found == SHORT_LIVED
