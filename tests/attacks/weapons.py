"""Turn the feedback against its reader: what a browser, a terminal or a spreadsheet would run."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from tests.attacks.attack import forge

GROUP = "feedback as a weapon"
RUN = "document.title='it ran';document.documentElement.dataset.ran='yes'"
"""What the page is to run; a test looks for its mark in a real browser."""


def _shows(notebook: Any, data: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
    source = (
        "from IPython.display import publish_display_data as show\n"
        f"show({data!r}, metadata={metadata or {}!r})"
    )
    notebook.cells.append(new_code_cell(source))


@forge(GROUP, "shows a page with a script as a cell's output")
def script_in_output(notebook: Any) -> None:
    page = f'<script>{RUN}</script><img src=x onerror="{RUN}"><svg onload="{RUN}">'
    _shows(notebook, {"text/html": page, "text/markdown": page, "text/latex": page})


@forge(GROUP, "shows JavaScript, a widget and a vector picture with a script in it")
def script_in_picture(notebook: Any) -> None:
    _shows(notebook, {"application/javascript": RUN})
    _shows(notebook, {"image/svg+xml": f'<svg onload="{RUN}"><script>{RUN}</script></svg>'})
    _shows(notebook, {"application/vnd.jupyter.widget-view+json": f"</script><script>{RUN}"})


@forge(GROUP, "ends the attribute in which a picture's data and its size stand")
def picture_ends_its_attribute(notebook: Any) -> None:
    out = f'x" onerror="{RUN}" alt="'
    _shows(notebook, {"image/png": out, "image/jpeg": out})
    _shows(
        notebook, {"image/png": "eA=="}, {"image/png": {"width": f"1 onerror={RUN}", "alt": out}}
    )


@forge(GROUP, "writes scripts, links and a redirection into its text cells")
def script_in_text(notebook: Any) -> None:
    text = (
        f'<script>{RUN}</script>\n\n<img src=x onerror="{RUN}">\n\n'
        f'[click](javascript:{RUN})\n\n<svg/onload="{RUN}">\n\n'
        '<meta http-equiv="refresh" content="0;url=https://answers.example/">\n\n'
        f"`<script>{RUN}</script>`\n\n$$</script><script>{RUN}</script>$$\n\n"
        # What draws formulas knows links, styles and entities, and turns these back into markup.
        f"$\\href{{javascript:{RUN}}}{{x}} \\text{{&lt;script&gt;{RUN}&lt;/script&gt;}}$\n\n"
        f'$$\\text{{&#60;img src=x onerror="{RUN}"&#62;}}$$\n'
    )
    notebook.cells.append(new_markdown_cell(text))
    notebook.cells.append(new_raw_cell(text, metadata={"raw_mimetype": "text/html"}))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "markdown":
            cell.source = text
            cell.attachments = {"a.png": {"image/png": f'" onerror="{RUN}'}}


@forge(GROUP, "links to scripts whose scheme is spelled with entities, escapes and controls")
def links_in_disguise(notebook: Any) -> None:
    spellings = ["java&#115;cript:", "javascript&colon;", "java&Tab;script&#x3a;", "java\tscript:"]
    spellings += ["&#1;javascript:", "\x01javascript:", "vbscript:", "files/javascript:"]
    spellings += ["data&colon;text/html,", "javascript\\:", "JAVA&NewLine;SCRIPT:"]
    text = "".join(
        f"[click]({each}{RUN})\n\n![click](<{each}{RUN}>)\n\n<{each}{RUN}>\n\n"
        f"> [click][{number}]\n\n[{number}]: {each}{RUN}\n\n# [click]( {each}{RUN} 'x')\n\n"
        for number, each in enumerate(spellings)
    )
    notebook.cells.append(new_markdown_cell(text))


@forge(GROUP, "shows a picture that is not attached, at which others stop for the whole class")
def missing_picture(notebook: Any) -> None:
    notebook.cells.append(new_markdown_cell("![plot](attachment:plot.png)"))
    empty = new_markdown_cell("![plot](attachment:plot.png)", attachments={"plot.png": {}})
    notebook.cells.append(empty)
    shown = new_markdown_cell("![plot][x]\n\n[x]: attachment:plot.png")
    notebook.cells.append(shown)


@forge(GROUP, "writes text that takes a renderer hours: runs of stars, brackets and formulas")
def slow_text(notebook: Any) -> None:
    for text in (
        "a" + "*" * 200_000 + "b",
        "a" + " " * 200_000 + "b",
        "[" * 200_000,
        "a\\\\[ " * 40_000,
        "*a " * 40_000 + "a*" * 40_000,
        "~~~~mermaid\n" * 20_000,
    ):
        notebook.cells.append(new_markdown_cell(text))
    notebook.cells.append(new_code_cell("1" + "\n" * 200_000 + "2"))


@forge(GROUP, "raises an error and returns a text whose words are a script")
def script_in_message(notebook: Any) -> None:
    from autograder.cli.demo import answer_cell

    tag = f"<script>{RUN}</script><img src=x onerror='{RUN}'>"
    answer_cell(
        notebook, "relu_backward"
    ).source = f"def relu_backward(dout, z):\n    raise ValueError({tag!r})"
    answer_cell(
        notebook, "tanh_backward"
    ).source = f"def tanh_backward(dout, out):\n    return {{{tag!r}: {tag!r}}}"
    notebook.cells.append(new_code_cell(f"raise type({tag!r}, (Exception,), {{}})({tag!r})"))


@forge(GROUP, "prints and raises terminal codes that change the title, the screen or the keyboard")
def terminal_codes(notebook: Any) -> None:
    from autograder.cli.demo import answer_cell

    codes = "\\x1b]0;owned\\x07\\x1b[2J\\x1b]52;c;b3duZWQ=\\x07\\x9b31m\\x08\\r\\u202e"
    answer_cell(
        notebook, "relu_backward"
    ).source = f"print('{codes}')\ndef relu_backward(dout, z):\n    raise ValueError('{codes}')"
    answer_cell(
        notebook, "tanh_backward"
    ).source = (
        f"def tanh_backward(dout, out):\n    return {{'{codes}': type('{codes}', (), {{}})()}}"
    )


@forge(GROUP, "answers and prints formulas, which a spreadsheet would run")
def formulas(notebook: Any) -> None:
    from autograder.cli.demo import answer_cell

    answer_cell(
        notebook, "relu_backward"
    ).source = "print('=cmd|calc')\ndef relu_backward(dout, z):\n    raise ValueError('=cmd|calc')"
