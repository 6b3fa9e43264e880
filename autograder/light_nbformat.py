"""nbformat, loaded without grammars of addresses and durations. Import it from here.

Its checker of schemas takes them where they are installed, as they are beside JupyterLab, and
builds one of them at once, for more than a second. No notebook's schema asks for either.
"""

from __future__ import annotations

from autograder.light_imports import absent

with absent("rfc3987_syntax", "isoduration"):
    import nbformat

from nbformat import NotebookNode, from_dict

__all__ = ["NotebookNode", "from_dict", "nbformat"]
