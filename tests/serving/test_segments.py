"""A page's gzip form, put together out of pieces."""

import gzip
import itertools
import zlib

import brotli
import pytest

from jiema_app.serving.segments import WINDOW, Segment, gzipped, joined, lasting
from jiema_app.serving.static_files import page_file

WORDS = b" ".join(b"%d words of a page" % number for number in range(3_000))
NOISE = bytes(number * number % 251 for number in range(70_000))
PIECES = (b"", b"a", b"<p>hello</p>" * 40, "日本語 العربية".encode() * 300, WORDS, NOISE)


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(PIECES)), 4)))
def test_it_is_one_stream_of_the_whole_page(order: tuple[int, ...]) -> None:
    """Whatever comes before whatever, compressed before or now."""
    pieces = [PIECES[number] for number in order]
    whole = b"".join(pieces)
    for is_lasting in itertools.product((True, False), repeat=len(pieces)):
        segments = [
            lasting(piece) if lasts else Segment(piece)
            for piece, lasts in zip(pieces, is_lasting, strict=True)
        ]
        assert joined(segments) == whole
        stream = gzipped(segments)
        assert gzip.decompress(stream) == whole
        reader = zlib.decompressobj(31)
        assert reader.decompress(stream) == whole
        assert reader.eof
        assert not reader.unused_data


def test_a_lasting_piece_may_stand_behind_anything() -> None:
    last = lasting(WORDS)
    for before in (b"", b"x", WORDS[: WINDOW // 2], WORDS[5:], NOISE):
        assert gzip.decompress(gzipped([Segment(before), last])) == before + WORDS


def test_what_changes_refers_to_what_came_before_it() -> None:
    alone = gzipped([Segment(WORDS[:WINDOW])])
    behind = gzipped([lasting(WORDS[:WINDOW]), Segment(WORDS[:WINDOW])])
    assert len(behind) < len(alone) * 1.2


def test_a_page_has_one_name_in_all_its_forms() -> None:
    segments = [lasting(WORDS), Segment(b"<p>now</p>"), lasting(NOISE)]
    quick = page_file(segments, b"policy", is_quick=True)
    plain = page_file(segments, b"policy")
    assert set(quick.bodies) == {"gzip"}
    assert set(plain.bodies) == {"identity"}
    assert quick.etag == plain.etag
    assert quick.headers == plain.headers
    assert quick.content == plain.content == joined(segments)
    assert quick.length == plain.length == len(plain.content)
    assert quick.as_it_is().coding_for("gzip, br") == "gzip"
    quick.make("br")
    plain.make("br")
    assert set(plain.bodies) == {"br"}
    assert plain.content == brotli.decompress(quick.body_in("br")) == joined(segments)
