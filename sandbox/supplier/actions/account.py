"""getBalance, getActiveActivations, getHistory."""

from sandbox.supplier.actions.context import Request
from sandbox.supplier.dialects import Reply, json, text
from sandbox.supplier.money import balance_text

_HISTORY_SPAN_S = 30 * 86_400


def get_balance(request: Request) -> Reply:
    """Answer ACCESS_BALANCE with four decimals."""
    return text(f"ACCESS_BALANCE:{balance_text(request.supplier.state.balance_micro)}")


def get_active_activations(request: Request) -> Reply:
    """Answer one page of open activations, newest first."""
    start = request.integer("start", 0, 0, 10**9)
    limit = request.integer("limit", 100, 1, 100)
    rows = request.rows
    page = request.supplier.state.activations.open_page(start, limit)
    data = []
    for activation in page:
        activation.unread = False
        data.append(rows.active(activation, legacy=request.legacy))
    if request.legacy:
        if not data:
            return json({"status": "error", "error": "NO_ACTIVATIONS"})
        return json({"status": "success", "activeActivations": data})
    empty = {"affected_rows": 0, "num_rows": 0, "row": [], "rows": []}
    return json({"status": "success", "data": data, "activeActivations": empty})


def get_history(request: Request) -> Reply:
    """Answer a bare array of purchases in a span of time, newest first."""
    state = request.supplier.state
    now = int(state.clock.now())
    end = request.integer("end", now, 0, 10**11)
    start = request.integer("start", end - _HISTORY_SPAN_S, 0, 10**11)
    offset = request.integer("offset", 0, 0, 10**9)
    size_name = "limit" if request.legacy else "size"
    size = request.integer(size_name, 50 if request.legacy else 100, 1, 100)
    ids = state.activations.between(start, end + 1)
    ids.reverse()
    rows = request.rows
    return json([rows.history(state.activations.by_id[key]) for key in ids[offset : offset + size]])
