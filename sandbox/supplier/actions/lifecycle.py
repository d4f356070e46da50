"""getStatus(V2), setStatus, finishActivation, cancelActivation, getAllSms, getFullSms."""

from sandbox.supplier.actions.context import Request
from sandbox.supplier.activations import Activation, Status
from sandbox.supplier.dialects import Reply, json, text
from sandbox.supplier.refusals import RefusedError, invalid
from sandbox.supplier.rows import message, zoneless

_NO_CONTENT = Reply(204, b"")


def get_status(request: Request) -> Reply:
    """Answer the text status; a message without a code is given as its text."""
    activation = request.activation()
    activation.unread = False
    last = _last_code(activation)
    if activation.status is Status.WAITING:
        return text("STATUS_WAIT_CODE")
    if activation.status is Status.RECEIVED:
        return text(f"STATUS_OK:{last}")
    if activation.status is Status.WAITING_RESEND:
        return text(f"STATUS_WAIT_RETRY:{last}")
    finished_ok = request.supplier.state.behaviour.finished_status == "ok"
    if activation.status is Status.FINISHED and finished_ok:
        return text(f"STATUS_OK:{last}")
    return text("STATUS_CANCEL")


def get_status_v2(request: Request) -> Reply:
    """Answer the newer (`data`) or the older (`sms`, `call`) JSON shape."""
    activation = request.activation()
    activation.unread = False
    if not activation.is_open:
        return text("STATUS_CANCEL")
    shape = request.supplier.state.behaviour.status_v2_shape
    last = activation.sms[-1] if activation.sms else None
    if shape == "old" or (shape is None and request.legacy):
        sms = None
        if last is not None:
            sms = {
                "dateTime": zoneless(last.received_at),
                "code": last.code,
                "text": last.text,
            }
        return json({"verificationType": 0, "sms": sms, "call": None})
    data = message(activation, last) if last is not None else None
    return json({"verificationType": "sms", "data": data})


def set_status(request: Request) -> Reply:
    """Change an activation: 3 another SMS, 6 finish, 8 cancel; legacy also 1, and -1 to cancel."""
    if "status" not in request.params:
        raise invalid("status", "REQUIRED")
    activation = request.activation()
    supplier = request.supplier
    match request.params["status"]:
        case "1" if request.legacy:
            if not activation.is_open:
                raise RefusedError("ACTIVATION_NOT_ACTIVE")
            return text("ACCESS_READY")
        case "3":
            supplier.ask_another(activation)
            return text("ACCESS_RETRY_GET")
        case "6":
            supplier.finish(activation)
            return text("ACCESS_ACTIVATION")
        case "8":
            supplier.cancel(activation)
            return text("ACCESS_CANCEL")
        case "-1" if request.legacy:
            # How clients cancelled before there was an 8; suppliers of the family take it still.
            supplier.cancel(activation)
            return text("ACCESS_CANCEL")
        case _:
            raise RefusedError("BAD_STATUS")


def finish_activation(request: Request) -> Reply:
    """Finish, 204."""
    request.supplier.finish(request.activation())
    return _NO_CONTENT


def cancel_activation(request: Request) -> Reply:
    """Cancel and refund, 204."""
    request.supplier.cancel(request.activation())
    return _NO_CONTENT


def get_all_sms(request: Request) -> Reply:
    """Page through an activation's messages; unreadable once cancelled or refunded."""
    activation = request.activation()
    if activation.status in {Status.CANCELLED, Status.REFUNDED}:
        raise RefusedError("ACTIVATION_NOT_ACTIVE")
    size = request.integer("size", 100, 1, 100)
    page = request.integer("page", 1, 1, 10**6)
    activation.unread = False
    chosen = activation.sms[(page - 1) * size : page * size]
    return json(
        {
            "data": [message(activation, sms) for sms in chosen],
            "meta": {"total": len(activation.sms), "service": activation.service},
        }
    )


def get_full_sms(request: Request) -> Reply:
    """Answer the whole text of the latest message; before one, what getStatus answers."""
    activation = request.activation()
    if activation.status is not Status.RECEIVED:
        return get_status(request)
    activation.unread = False
    return text(f"FULL_SMS:{activation.sms[-1].text}")


def _last_code(activation: Activation) -> str:
    if not activation.sms:
        return ""
    last = activation.sms[-1]
    return last.code if last.code is not None else last.text
