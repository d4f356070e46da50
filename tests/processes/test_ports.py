import socket

from jiema_app.processes.ports import complaint


def test_a_taken_port_is_named_with_its_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = complaint({"PORT": port})
    assert words == f"error: port {port} (PORT) is in use; choose another: make run PORT=…"
    assert complaint({"PORT": port}) is None


def test_two_servers_cannot_share_a_port() -> None:
    assert complaint({"PORT": 1, "SANDBOX_PORT": 1}) == "error: PORT and SANDBOX_PORT must differ"
