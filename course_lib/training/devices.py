"""The device that Keras computes on, and its peak rate according to the manufacturer."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Dense bfloat16 with float32 accumulation, in 1e12 operations per second, from NVIDIA's data sheets
# (half of figures given "with sparsity"). More specific names come first.
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
        name: the manufacturer's name; "" if the backend does not report it.
    """

    kind: str
    name: str = ""

    @property
    def precision(self) -> str:
        """The Keras dtype policy to use: mixed bfloat16 on a GPU, float32 on a CPU."""
        return "mixed_bfloat16" if self.kind == "gpu" else "float32"

    @property
    def peak_teraflops(self) -> float | None:
        """Dense bfloat16 operations in 1e12 per second; None for unknown devices."""
        for name, peak in PEAK_TERAFLOPS.items():
            if re.search(rf"\b{name}\b", self.name):
                return peak
        return None


def find_device() -> Device:
    """The default device of Keras' backend."""
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
