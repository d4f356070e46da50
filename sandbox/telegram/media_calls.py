"""Pictures and files: sent as an upload, as the id of a file, or as an address."""

from typing import Any, Final

from sandbox.telegram.arguments import Arguments, Upload
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import DOWNLOAD_MAX_BYTES
from sandbox.telegram.formatting import caption_content, format_text, formatted
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.pictures import size_of
from sandbox.telegram.posting import destination, post

MEDIA: Final = (
    "photo",
    "document",
    "video",
    "audio",
    "voice",
    "animation",
    "sticker",
    "video_note",
)
GROUP_MAX: Final = 10
_STICKER: Final = {"type": "regular", "is_animated": False, "is_video": False,
                   "width": 512, "height": 512}  # fmt: skip
PHOTO_MAX_BYTES: Final = 10 * 1024 * 1024


def send_photo(messenger: Messenger, args: Arguments) -> Any:
    """A picture."""
    return _send(messenger, args, "photo")


def send_document(messenger: Messenger, args: Arguments) -> Any:
    """A file."""
    return _send(messenger, args, "document")


def send_video(messenger: Messenger, args: Arguments) -> Any:
    """A film."""
    return _send(messenger, args, "video")


def send_audio(messenger: Messenger, args: Arguments) -> Any:
    """Music."""
    return _send(messenger, args, "audio")


def send_voice(messenger: Messenger, args: Arguments) -> Any:
    """Somebody speaking."""
    return _send(messenger, args, "voice")


def send_animation(messenger: Messenger, args: Arguments) -> Any:
    """A film without sound."""
    return _send(messenger, args, "animation")


def send_sticker(messenger: Messenger, args: Arguments) -> Any:
    """A sticker."""
    return _send(messenger, args, "sticker")


def send_video_note(messenger: Messenger, args: Arguments) -> Any:
    """A round film."""
    return _send(messenger, args, "video_note")


def _send(messenger: Messenger, args: Arguments, kind: str) -> Any:
    chat = destination(messenger, args)
    row = _file(messenger, args, kind, args.text(kind), kind)
    content = shown(kind, row)
    content |= caption_content(*formatted(args, "caption", "caption_entities"))
    return post(messenger, chat, args, content)


def send_media_group(messenger: Messenger, args: Arguments) -> Any:
    """An album."""
    chat = destination(messenger, args)
    listed = args.document("media")
    if not isinstance(listed, list) or not 1 < len(listed) <= GROUP_MAX:
        raise bad_request("group send failed")
    album = str(13_000_000_000_000_000 + messenger.store.version)
    contents = [
        read_media(messenger, Arguments({"media": one}, args.files), "media") for one in listed
    ]
    return [
        post(messenger, chat, args, {"media_group_id": album, **content}) for content in contents
    ]


def read_media(messenger: Messenger, args: Arguments, name: str) -> dict[str, Any]:
    """The fields of a message that an `InputMedia` stands for.

    Raises:
        Refused: It names no kind or no file.
    """
    media = args.document(name)
    kind = media.get("type") if isinstance(media, dict) else None
    if kind not in MEDIA:
        raise bad_request("can't parse InputMedia: type is invalid")
    row = _file(messenger, args, kind, str(media.get("media") or ""), name)
    text, spans = format_text(
        str(media.get("caption") or ""),
        str(media.get("parse_mode") or ""),
        media.get("caption_entities"),
    )
    return {**shown(kind, row), **caption_content(text, spans)}


def shown(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """How a file stands in a message."""
    bare = {name: row[name] for name in ("file_id", "file_unique_id", "file_size")}
    named = {**bare, "file_name": row["file_name"], "mime_type": row["mime_type"]}
    width, height = row.get("width", 640), row.get("height", 480)
    sized = {"width": width, "height": height}
    fields: dict[str, Any] = {
        "photo": [{**bare, **sized}],
        "video": {**named, **sized, "duration": 1},
        "animation": {**named, **sized, "duration": 1},
        "audio": {**bare, "mime_type": row["mime_type"], "duration": 1},
        "voice": {**bare, "mime_type": row["mime_type"], "duration": 1},
        "video_note": {**bare, "length": 240, "duration": 1},
        "sticker": {**bare, **_STICKER},
        "document": named,
    }
    # A film without sound is a file too, for clients of before.
    also = {"document": named} if kind == "animation" else {}
    return {kind: fields[kind], **also}


def keep_upload(messenger: Messenger, kind: str, upload: Upload) -> dict[str, Any]:
    """Keep what somebody sends.

    Raises:
        Refused: It is empty or too large, or no picture where one is meant.
    """
    if kind == "photo" and len(upload.content) > PHOTO_MAX_BYTES:
        raise bad_request("file is too big")
    size = size_of(upload.content) if kind == "photo" else None
    if kind == "photo" and size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    row = messenger.files.keep(kind, upload)
    if size is not None:
        row |= {"width": size[0], "height": size[1]}
        messenger.store.put("files", row["file_id"], row)
    return row


def _file(
    messenger: Messenger, args: Arguments, kind: str, named: str, field: str
) -> dict[str, Any]:
    attached = named.removeprefix("attach://") if named.startswith("attach://") else field
    upload = args.files.get(attached)
    if upload is not None and (not named or named.startswith("attach://")):
        return keep_upload(messenger, kind, upload)
    if not named or named.startswith("attach://"):
        name = kind.replace("_", " ")
        raise bad_request(f"there is no {name} in the request")
    if named.startswith(("http://", "https://")):
        # Nothing here fetches from outside.
        raise bad_request("failed to get HTTP URL content")
    row = messenger.files.find(named)
    if row is None:
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )
    if (row["kind"] == "photo") != (kind == "photo"):
        words = {"photo": "Photo", "document": "Document"}
        was, wished = words.get(row["kind"], "File"), words.get(kind, "File")
        raise bad_request(f"can't use file of type {was} as {wished}")
    return row


def get_file(messenger: Messenger, args: Arguments) -> Any:
    """Where a file can be fetched."""
    row = messenger.files.find(args.text("file_id"))
    if row is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if row["file_size"] > DOWNLOAD_MAX_BYTES:
        raise bad_request("file is too big")
    names = ("file_id", "file_unique_id", "file_size", "file_path")
    return {name: row[name] for name in names}
