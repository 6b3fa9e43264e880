"""Writes a wheel: a zip of files, with the metadata by which pip installs and removes them.

Equal files give equal bytes. The format is that of PEP 427.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence

GENERATOR = "autograder release"
TAG = "py3-none-any"
NO_COMMANDS: Mapping[str, str] = {}
_DATE = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def file_name(name: str, version: str) -> str:
    """The name of a wheel's file."""
    return f"{name.replace('-', '_')}-{version}-{TAG}.whl"


def write_wheel(
    name: str,
    version: str,
    headers: Sequence[tuple[str, str]],
    files: Mapping[str, bytes],
    commands: Mapping[str, str] = NO_COMMANDS,
) -> bytes:
    """The bytes of a wheel that is the same on every machine.

    Args:
        name: the distribution's name.
        version: the distribution's version.
        headers: the rest of its metadata, such as ("Requires-Dist", "numpy>=2.1").
        files: what is installed, by its path.
        commands: functions such as "package.module:main", by the command that calls them.
    """
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = [("Metadata-Version", "2.1"), ("Name", name), ("Version", version), *headers]
    settings = [
        ("Wheel-Version", "1.0"),
        ("Generator", GENERATOR),
        ("Root-Is-Purelib", "true"),
        ("Tag", TAG),
    ]
    written = {
        **files,
        f"{folder}/METADATA": _lines(metadata),
        f"{folder}/WHEEL": _lines(settings),
    }
    if commands:
        lines = [f"{command} = {function}" for command, function in commands.items()]
        text = "\n".join(["[console_scripts]", *lines, ""])
        written[f"{folder}/entry_points.txt"] = text.encode()
    record = [f"{path},{_digest(content)},{len(content)}" for path, content in written.items()]
    written[f"{folder}/RECORD"] = "\n".join([*record, f"{folder}/RECORD,,", ""]).encode()
    return _zipped(written)


def _lines(pairs: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{key}: {value}\n" for key, value in pairs).encode()


def _digest(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr = _READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()
