"""A document as Markdown, as a code host shows it: its links lead from the folder `report`."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from portstudy.pages.lessons import NOTES, picture
from portstudy.pages.report import document as doc
from portstudy.pages.report.findings import SAME
from portstudy.show.text import duration, known, markdown_table, percent, times

STYLES = {"b": ("**", "**"), "em": ("*", "*"), "small": ("<sub>", "</sub>")}


def markdown(document: doc.Document) -> str:
    """The whole page."""
    places = dict(_places([*document.opening, *document.sections]))
    parts = [
        "# The report",
        "<!-- Made by python -m portstudy.pages.report: what is edited here is lost. -->",
        Markdown(places).blocks([*document.opening, *document.sections]),
    ]
    return "\n\n".join(parts) + "\n"


def _places(blocks: Sequence[doc.Block]) -> Iterator[tuple[str, str]]:
    """Where links within the document lead: to the heading of a section, to the file of a port."""
    for block in blocks:
        match block:
            case doc.Section(key, heading, inside):
                slug = re.sub(r"[^\w\- ]", "", doc.plain(heading).lower()).replace(" ", "-")
                yield f"#{key}", f"#{slug}"
                yield from _places(inside)
            case doc.Chips(chips):
                for chip in chips:
                    if isinstance(chip.link, doc.Link):
                        yield f"#{chip.key}", "../" + quote(chip.link.to)


def square(gain: float) -> str:
    """A gain behind a square whose colour says whether it is one."""
    sign = "🟦" if gain > SAME else "🟧" if gain < 1 / SAME else "⬜"
    return f"{sign} {times(gain)}"


class Markdown:
    """Words and blocks as Markdown; `places` says where links within the document lead."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places

    def link(self, words: str, to: str) -> str:
        """A link; nothing, where it leads to asv's site, which a code host does not show."""
        if to.startswith("asv:"):
            return ""
        if to.startswith("#"):
            return f"[{words}]({self.places[to]})" if to in self.places else words
        return f"[{words}](../{quote(to)})"

    def words(self, words: doc.Words) -> str:
        """Nodes as they stand in a sentence."""
        match words:
            case str():  # of which nothing is markup
                return re.sub(r"([\\`*_{}\[\]#|!])", r"\\\1", escape(words, quote=False))
            case doc.Code(text):
                return f"`{re.sub('[`|<>]', '?', text)}`"
            case doc.Styled(inside, style):
                before, after = STYLES[style]
                return f"{before}{self.words(inside)}{after}"
            case doc.Link(inside, to):
                return self.link(self.words(inside), to)
            case doc.Time(seconds):
                return known(seconds, duration)
            case doc.Share(value):
                return known(value, percent)
            case doc.Gain(value):
                return square(value)
        return "".join(map(self.words, words))

    def blocks(self, blocks: Sequence[doc.Block]) -> str:
        """Blocks, one below the other."""
        return "\n\n".join(part for part in map(self.block, blocks) if part)

    def block(self, block: doc.Block) -> str:
        """One block."""
        words = self.words
        match block:
            case doc.Section(_, heading, blocks, level):
                return f"{'#' * level} {words(heading)}\n\n{self.blocks(blocks)}"
            case doc.Heading(inside):
                return f"### {words(inside)}"
            case doc.Paragraph(inside):
                return words(inside)
            case doc.Bullets(items, none):
                return "\n".join(f"- {words(item)}" for item in items) or words(none)
            case doc.Table(headings, rows, align):
                return markdown_table(headings, (list(map(words, row)) for row in rows), align)
            case doc.Matrix(columns, rows):
                headings = ["kernel", *map(" ".join, columns)]
                shown = ([words(name), *map(self.cell, cells)] for name, cells in rows)
                return markdown_table(headings, shown)
            case doc.Chart(_, caption, name, title):
                if not (NOTES / f"{name}-light.svg").exists():
                    return f"{words(caption)} ([The chart](index.html).)"
                return f"{picture(name, title, '../notes/')}\n\n{words(caption)}"
            case doc.Chips():  # whose table says the same
                return ""
            case doc.Details(_, blocks) | doc.Beside(blocks):
                return self.blocks(blocks)
            case doc.Tiles(tiles):
                return "\n".join(f"- **{words(big)}** {words(told)}" for big, told in tiles)
            case doc.Menu(links):
                charts = doc.Link("With charts, for a browser", "report/index.html")
                return " · ".join(map(words, [*links, charts]))
            case doc.Colours():
                return "🟦 faster, ⬜ the same within 10%, 🟧 slower."
        raise TypeError(block)

    def cell(self, cell: doc.Cell | None) -> str:
        """A cell of a matrix."""
        link = self.link(square(cell.gain), cell.to) if cell else ""
        return f"**{link}**" if cell and cell.best else link
