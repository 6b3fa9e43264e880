"""Is this machine's device found, and what it can do known?"""

from __future__ import annotations

import pytest

from course_lib.training import Device, find_device

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "peak"),
    [("NVIDIA H200", 989), ("NVIDIA A100-SXM4-80GB", 312), ("NVIDIA L40S", 362), ("", None)],
)
def test_is_a_peak_known_or_said_to_be_unknown(name, peak):
    assert Device("gpu", name).peak_teraflops == peak
    assert Device("gpu", "NVIDIA L40").peak_teraflops is None


def test_is_a_device_found():
    device = find_device()
    assert device.kind in ("cpu", "gpu")
    assert device.precision == {"cpu": "float32", "gpu": "mixed_bfloat16"}[device.kind]
