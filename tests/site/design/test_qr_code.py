"""The code that wallets scan."""

import re
from itertools import product

import segno

from jiema_app.site.design.qr_code import QUIET_ZONE, qr_drawing

ADDRESS = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def test_every_dark_module_is_drawn_and_no_other() -> None:
    drawn = {
        (int(x) + step, int(y))
        for x, y, length, _ in RUN.findall(qr_drawing(ADDRESS).path)
        for step in range(int(length))
    }
    matrix = segno.make(ADDRESS, error="m", micro=False).matrix
    size = range(len(matrix))
    assert drawn == {(x, y) for x, y in product(size, size) if matrix[y][x]}


def test_the_path_is_made_of_rectangles_alone() -> None:
    assert RUN.sub("", qr_drawing(ADDRESS).path) == ""


def test_a_quiet_zone_lies_around_it() -> None:
    left, top, width, height = map(int, qr_drawing(ADDRESS).view_box.split())
    size = len(segno.make(ADDRESS, error="m", micro=False).matrix)
    assert (left, top) == (-QUIET_ZONE, -QUIET_ZONE)
    assert width == height == size + 2 * QUIET_ZONE
