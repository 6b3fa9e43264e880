"""Which device Keras computes on, and how fast its maker says that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Dense bfloat16 with float32 sums, in 1e12 operations a second, from NVIDIA's data sheets; where
# a sheet gives the figure "with sparsity", half of it. More special names come first.
PEAK_TERAFLOPS = {
    "H200 NVL": 835.0,
    "H200": 989.0,
    "H100 NVL": 835.0,
    "H100 PCIe": 756.0,
    "H100": 989.0,
    "A100": 312.0,
    "L40S": 362.0,
    "L4": 121.0,
    "RTX 4090": 165.2,
    "RTX 3090": 71.0,
}


@dataclass(frozen=True)
class Device:
    """Where a model is trained.

    Attributes:
        kind: "cpu" or "gpu".
        name: what its maker calls it; "" where the backend does not say.
    """

    kind: str
    name: str = ""

    @property
    def precision(self) -> str:
        """The Keras dtype policy that profits here: bfloat16 between float32 weights on a GPU."""
        return "mixed_bfloat16" if self.kind == "gpu" else "float32"

    @property
    def peak_teraflops(self) -> float | None:
        """Dense bfloat16 operations a second in 1e12; None where the table does not know it."""
        for name, peak in PEAK_TERAFLOPS.items():
            if re.search(rf"\b{name}\b", self.name):
                return peak
        return None


def find_device() -> Device:
    """The device that Keras' backend takes when it is not told otherwise."""
    import keras

    find = {"tensorflow": _find_tensorflow, "jax": _find_jax, "torch": _find_torch}
    return find[keras.backend.backend()]()


def _find_tensorflow() -> Device:
    import tensorflow as tf

    gpus = tf.config.get_visible_devices("GPU")
    if not gpus:
        return Device("cpu")
    details = tf.config.experimental.get_device_details(gpus[0])
    return Device("gpu", details.get("device_name", ""))


def _find_jax() -> Device:
    import jax

    device = jax.devices()[0]
    return Device("gpu", device.device_kind) if device.platform == "gpu" else Device("cpu")


def _find_torch() -> Device:
    import torch

    if not torch.cuda.is_available():
        return Device("cpu")
    return Device("gpu", torch.cuda.get_device_name(0))
