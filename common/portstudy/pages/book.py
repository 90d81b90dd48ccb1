"""The notes as a site beside asv's: the lessons, the README, and a page for each kernel.

python -m portstudy.pages.book    builds it, with Sphinx, into .asv/html/notes

Sources are the notes as a code host shows them. What they link to outside of `notes/`, ports and
specs, is shown on the kernel's page; pictures follow the page's theme.
"""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from portstudy.checkout import ROOT
from portstudy.find import find_kernel, kernels
from portstudy.history.results import benchmark_class
from portstudy.kernel import Kernel

SOURCE = ROOT / "build" / "notes"

HTML = ROOT / ".asv" / "html" / "notes"

CONFIGURATION = """
project = "portstudy"
html_title = "portstudy"
copyright = "the portstudy developers"
extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]
html_theme = "furo"
pygments_style, pygments_dark_style = "friendly", "monokai"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["wide.css"]
html_theme_options = {"announcement": "<a href='../index.html'>Performance over commits</a>"}
"""

REGRESSIONS = '<li id="nav-li-regressions"><a href="#/regressions">Regressions</a></li>'

LINK_HERE = '<li><a href="notes/index.html">Notes</a></li>'


# Room for code of 100 columns, and for the text to stay as wide as can be read.
STYLE = """
.content { width: 60em; }
.content p, .content ul { max-width: 46em; }
.highlight { font-size: 0.85em; }
"""

PICTURE = re.compile(
    r'<picture>\s*<source [^>]*srcset="([^"]+)">\s*<img alt="([^"]+)" src="([^"]+)">\s*</picture>'
)

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")


def build(html: Path = HTML.parent) -> None:
    """Add the notes to the site in this folder: run Sphinx, for which a warning is an error."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    (SOURCE / "kernels").mkdir(parents=True)
    (SOURCE / "static").mkdir()
    (SOURCE / "static" / "wide.css").write_text(STYLE, encoding="utf-8")
    (SOURCE / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    for picture in (ROOT / "notes").glob("*.svg"):
        shutil.copy(picture, SOURCE)
    for note in (ROOT / "notes").glob("*.md"):
        name = "index.md" if note.name == "README.md" else note.name
        text = page(note.read_text(encoding="utf-8"), note.parent)
        (SOURCE / name).write_text(text, encoding="utf-8")
    project = page((ROOT / "README.md").read_text(encoding="utf-8"), ROOT)
    (SOURCE / "project.md").write_text(project, encoding="utf-8")
    for name in kernels():
        path = SOURCE / "kernels" / f"{name}.md"
        path.write_text(kernel_page(find_kernel(name)), encoding="utf-8")
    with (SOURCE / "index.md").open("a", encoding="utf-8") as index:
        index.write(contents())
    options = ["-q", "-W", "--keep-going", "-b", "html"]
    command = [sys.executable, "-m", "sphinx", *options, str(SOURCE), str(html / "notes")]
    subprocess.run(command, check=True, cwd=ROOT)
    asv = html / "index.html"
    if asv.exists():
        text = asv.read_text(encoding="utf-8")
        if LINK_HERE not in text:
            asv.write_text(text.replace(REGRESSIONS, REGRESSIONS + LINK_HERE), encoding="utf-8")


def page(text: str, folder: Path) -> str:
    """A page of the repository as one of the site; `folder` is where its links start from."""
    text = re.sub(r"<!-- \[\[\[.*?\]\]\] -->\n", "", text, flags=re.DOTALL)
    text = PICTURE.sub(
        lambda found: "\n".join(
            f"![{found[2]}]({Path(found[group]).name}){{.only-{theme}}}"
            for group, theme in ((3, "light"), (1, "dark"))
        ),
        text,
    )
    blocks = re.split(r"(```.*?```)", text, flags=re.DOTALL)  # code is left alone
    return "".join(
        block if block.startswith("```") else LINK.sub(lambda found: link(found, folder), block)
        for block in blocks
    )


def site_place(path: Path) -> tuple[str, str] | None:
    """The page of the site that shows a file of the repository, and the port in it, if any."""
    at = path.parts
    if at[0] == "implementations" and len(at) == 3:
        return f"kernels/{at[1]}", "" if path.stem == "spec" else path.stem
    if at[0] == "notes" and path.suffix == ".md":
        return path.stem.replace("README", "index"), ""
    return ("project", "") if at == ("README.md",) else None


def link(found: re.Match[str], folder: Path) -> str:
    """A link as it is on the site; the words alone, where it leads to nothing that is there."""
    path, _, anchor = found[2].partition("#")
    place = site_place((folder / path).resolve().relative_to(ROOT))
    if place is None:
        return found[1]
    name, port = place
    anchor = port or (anchor if not name.startswith(("kernels/", "project")) else "")
    return f"[{found[1]}](/{name}.md{'#' * bool(anchor)}{anchor})"


def kernel_page(kernel: Kernel) -> str:
    """What is computed, then every port: the code, and what it changes; and what they share."""
    spec = ast.get_docstring(ast.parse(kernel.path("spec").read_text(encoding="utf-8"))) or ""
    first, _, rest = spec.partition("\n")
    plot = f"../../index.html#/ports.{benchmark_class(kernel.name)}.track_steady_state"
    parts = [
        f"# {kernel.name}\n\n{first}\n",
        f'<a href="{plot}?x-axis=port&y-axis-scale=log">How long the ports take</a>\n',
        f"```text\n{rest.strip()}\n```\n",
    ]
    shared = sorted(path.stem for path in kernel.folder.glob("_[!_]*.py"))
    for name in [*kernel.ports(), *shared]:
        source = kernel.path(name).read_text(encoding="utf-8")
        parts.append(f"## `{name}`\n\n{kernel.summary(name)}\n")
        parts.append(f"```python\n# implementations/{kernel.name}/{name}.py\n{source}```\n")
    return "\n".join(parts)


def contents() -> str:
    """The tables of contents, which the page's side shows."""
    notes = sorted(path.stem for path in SOURCE.glob("*.md") if path.stem != "index")
    index = (ROOT / "notes" / "README.md").read_text(encoding="utf-8")
    notes.sort(key=lambda name: index.find(f"]({name}.md"))  # in the index's order
    trees = {"Lessons": notes, "Kernels": [f"kernels/{name}" for name in kernels()]}
    return "".join(
        "\n".join(["", f"```{{toctree}}\n:hidden:\n:caption: {caption}\n", *names, "```", ""])
        for caption, names in trees.items()
    )


if __name__ == "__main__":
    build()
    print(f"Site: {HTML}/index.html")
