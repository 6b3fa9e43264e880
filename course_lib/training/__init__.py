"""Training of the reference models on any Keras backend, on a CPU or a GPU.

`python -m course_lib.training --help` is its command line. Importing this package loads no Keras.
"""

from course_lib.training.devices import Device, find_device
from course_lib.training.fit import History, fit
from course_lib.training.operations import operations_per_example

__all__ = ["Device", "History", "find_device", "fit", "operations_per_example"]
