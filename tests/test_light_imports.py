"""Are libraries imported without what no command uses, and is everything as it was afterwards?"""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from autograder import light_imports


def test_is_a_stand_in_loaded_when_it_is_called():
    """And is what seemed absent there again afterwards?"""
    code = (
        "import sys\n"
        "from autograder.light_imports import absent, later\n"
        "with absent('colorsys'), later('json', 'sched'):\n"
        "    import sched\n"
        "    try:\n        import colorsys\n        raise SystemExit('found')\n"
        "    except ImportError:\n        pass\n"
        "assert 'sched' not in sys.modules\n"
        "assert sched.scheduler().empty()\n"
        "import colorsys\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_is_garbage_collected_again_after_imports_even_if_one_fails():
    with pytest.raises(ImportError), light_imports.loading():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()


def test_is_a_module_that_is_loaded_left_as_it_is():
    with light_imports.absent("gc", "no_such_module"), light_imports.later("subprocess"):
        import gc as again

        assert again is gc and sys.modules["subprocess"] is subprocess
        assert sys.modules["no_such_module"] is None
    assert "no_such_module" not in sys.modules


def test_are_other_names_no_attributes():
    with pytest.raises(AttributeError, match="no attribute 'notebook'"):
        light_imports.notebook  # noqa: B018
