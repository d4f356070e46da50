"""What a parallel run of the tests relies on."""

import pytest


@pytest.mark.xdist_group("told")
def test_the_runner_is_told_which_tests_share_a_worker(request: pytest.FixtureRequest) -> None:
    is_grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@told") == is_grouped
