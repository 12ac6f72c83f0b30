"""What all tests share: Hypothesis without a stop-watch, real data and servers loudly present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A test asserts behaviour; speed lives in bench/. In CI the same examples run every time.
settings.register_profile(
    "sandrail",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("sandrail")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real lists and labelled data, where SANDRAIL_TEST_DATA names one."""
    named = os.environ.get("SANDRAIL_TEST_DATA", "")
    if named and Path(named).is_dir():
        return Path(named)
    pytest.skip("SANDRAIL_TEST_DATA names no folder: tests on real lists did not run.")
