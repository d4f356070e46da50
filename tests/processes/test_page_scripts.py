"""Scripts that stand in the folders of their pages."""

from pathlib import Path

import pytest

from jiema_app.processes.built_files import BuildChanged, add_page_scripts
from jiema_app.processes.paths import ROOT

ORDER = ROOT / "jiema_app" / "site" / "account" / "order" / "page.js"


def test_they_are_served_by_the_names_of_the_folders(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    add_page_scripts(tmp_path)
    assert (tmp_path / "js" / "order.js").read_bytes() == ORDER.read_bytes()


def test_a_name_that_is_taken_stops_the_build(tmp_path: Path) -> None:
    taken = tmp_path / "js" / "order.js"
    taken.parent.mkdir()
    taken.write_text("shared()")
    with pytest.raises(BuildChanged, match=r"/js/order\.js"):
        add_page_scripts(tmp_path)
    assert taken.read_text() == "shared()"
