"""How a node says that it could not do what it was asked: `{"Error": "class … : …"}`, status 200."""

from typing import Final

_MOST_QUOTED: Final = 64
"""Of what was asked, in an error: enough to recognise it."""

ILLEGAL: Final = "java.lang.IllegalArgumentException"
NOT_JSON: Final = "com.alibaba.fastjson.JSONException"
NOT_PARSED: Final = "org.tron.core.services.http.JsonFormat$ParseException"
NO_NUMBER: Final = "java.lang.NumberFormatException"


class NodeError(Exception):
    """Something that the node refuses in the words of its own language."""

    def __init__(self, java_class: str, message: str) -> None:
        super().__init__(f"class {java_class} : {message}")


class PlainNodeError(NodeError):
    """One of the few that name no class."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)


def quoted(value: object) -> str:
    """The beginning of something that was asked, for an error."""
    if not isinstance(value, str | int | float):
        return "null"
    text = str(value)
    return text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…"
