"""``python -m signer``: the command line of the only process that can sign."""

import importlib

import typer

from signer.commands import journal, keys

app = typer.Typer(
    help="Signs what the house pays: holds its keys, and nothing else does.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(keys, name="keys")
app.add_typer(journal, name="journal")


@app.command("run")
def run() -> None:
    """Sign and send what was approved, until it is told to stop."""
    # Commands about keys need neither the database nor anything that reaches a network.
    importlib.import_module("signer.loop").main()


if __name__ == "__main__":
    app()
