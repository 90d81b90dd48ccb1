"""How pictures look: one palette, ink and paper for light and dark pages, the same bytes each time.

    with canvas(path, DARK, figsize=(8, 5)) as (figure, ((axes,),)):
        axes.plot(x, y, color=DARK.library("jax"))

The picture is written when the block ends.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

LIBRARIES = ("numpy", "jax", "numba", "torch", "sklearn", "scipy", "diffrax")
"""The library that has each colour of a palette; the last colour is for all others."""


class Theme(NamedTuple):
    """Colours for one kind of page."""

    name: str
    ink: str
    paper: str
    faint: str
    palette: tuple[str, ...]
    """Okabe and Ito's, which colour-blind readers can tell apart, as dark as text needs."""

    def library(self, name: str) -> str:
        """The colour of a library."""
        return self.palette[LIBRARIES.index(name) if name in LIBRARIES else -1]


LIGHT = Theme(
    "light", "#1f2328", "#ffffff", "#57606a",
    ("#0072b2", "#c24e00", "#00795a", "#b0508f", "#e69f00", "#56b4e9", "#8c6d1f", "#666666"),
)  # fmt: skip
DARK = Theme(
    "dark", "#e6edf3", "#0d1117", "#9aa5b1",
    ("#56b4e9", "#ff8c42", "#2fcf9f", "#e69ac8", "#f0c14b", "#5b8def", "#b8964a", "#a8a8a8"),
)  # fmt: skip
THEMES = (LIGHT, DARK)
"""A picture in the notes is drawn in both."""

PICTURES = (".png", ".svg", ".pdf")


# What would make two runs differ.
_METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@contextlib.contextmanager
def canvas(
    file: IO[bytes] | Path,
    theme: Theme = LIGHT,
    form: str = "svg",
    rows: int = 1,
    columns: int = 1,
    *,
    font_size: float = 10,
    dpi: float = 150,
    figsize: tuple[float, float],
    **subplots: Any,
) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes, (rows, columns); written to the file when the block ends."""
    import matplotlib as mpl
    from matplotlib.figure import Figure  # not pyplot, which would look for a window

    ink, paper = theme.ink, theme.paper
    settings = {
        "font.family": "sans-serif", "font.size": font_size, "svg.hashsalt": "portstudy",
        "text.color": ink, "axes.labelcolor": ink, "axes.edgecolor": ink,
        "xtick.color": ink, "ytick.color": ink, "figure.facecolor": paper, "axes.facecolor": paper,
        "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
        "axes.grid": True, "grid.color": ink, "grid.alpha": 0.12, "legend.frameon": False,
        "axes.titlelocation": "left", "axes.titlesize": font_size + 1,
    }  # fmt: skip
    with mpl.rc_context(settings):
        figure = Figure(layout="constrained", figsize=figsize)
        yield figure, figure.subplots(rows, columns, squeeze=False, **subplots)
        figure.savefig(file, format=form, dpi=dpi, metadata=_METADATA.get(form))


def name_rows(axes: Any, names: Sequence[str], bold: str = "", size: float | None = None) -> None:
    """One row for each name, from the bottom up, with no axis line beside them."""
    axes.set_yticks(range(len(names)), names, fontfamily="monospace", fontsize=size)
    axes.tick_params(which="both", left=False)
    axes.spines.left.set_visible(False)
    axes.grid(visible=False, axis="y")
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if name == bold else "normal")


def footnote(figure: Any, text: str) -> None:
    """Small print below all axes: where and with what a picture's numbers were measured."""
    figure.supxlabel(text, x=0.01, ha="left", fontsize=6.5, alpha=0.8)
