"""A document as one HTML page: no script, no font, no picture from elsewhere."""

import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from portstudy.pages.report import charts
from portstudy.pages.report import document as doc
from portstudy.pages.report.findings import SAME
from portstudy.show.text import UNKNOWN, duration, known, percent, times
from portstudy.show.theme import DARK, LIGHT

STEPS = [
    (1 / 8, "s3", "over 8 times slower"), (1 / 2, "s2", "2 to 8 times slower"),
    (1 / SAME, "s1", "slower"), (SAME, "e", "the same, within 10%"), (3, "f1", "faster"),
    (10, "f2", "over 3 times"), (50, "f3", "over 10 times"), (math.inf, "f4", "over 50 times"),
]  # fmt: skip
"""Upper bound of a gain, its class of colour, and what the legend says."""


def in_repository(to: str) -> str | None:
    """The address of what a link leads to, from the folder `report` of the repository."""
    if to.startswith("asv:"):  # where `make publish` builds the site
        return "../.asv/html/index.html" + to.removeprefix("asv:")
    return to if to.startswith("#") else "../" + quote(to)


def colour(gain: float) -> str:
    """The class of a gain."""
    return next(kind for bound, kind, _ in STEPS if gain <= bound)


def short(gain: float) -> str:
    """A gain in four characters at most, for a narrow cell."""
    if gain < 0.01:
        return "&lt;.01"
    return f"{gain:.2f}" if gain < 0.1 else times(gain).rstrip("×")


def page(document: doc.Document, address: Callable[[str], str | None] = in_repository) -> str:
    """The whole page; `address` says where links lead, or None where they lead nowhere."""
    html = Html(address)
    folder = Path(__file__).parent
    pairs = {
        name: (getattr(LIGHT, name), getattr(DARK, name)) for name in ("ink", "paper", "faint")
    }
    pairs |= {name: (LIGHT.library(name), DARK.library(name)) for name in charts.SHAPES}
    variables = (f"--{name}: light-dark({a}, {b});" for name, (a, b) in pairs.items())
    return Template((folder / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(document.title), subtitle=escape(document.subtitle), shapes=charts.shapes(),
        colours=f":root {{ {' '.join(variables)} }}",
        style=(folder / "style.css").read_text(encoding="utf-8"),
        opening=html.blocks(document.opening), sections=html.blocks(document.sections),
        footer=html.words(document.footer),
    )  # fmt: skip


class Html:
    """Words and blocks as HTML."""

    def __init__(self, address: Callable[[str], str | None]) -> None:
        self.address = address

    def words(self, words: doc.Words) -> str:
        """Nodes as they stand in a sentence."""
        match words:
            case str():
                return escape(words)
            case doc.Code(text):  # a long name may break after an underscore
                return f"<code>{escape(text).replace('_', '_<wbr>')}</code>"
            case doc.Styled(inside, style):
                return f"<{style}>{self.words(inside)}</{style}>"
            case doc.Link(inside, to, title):
                address = self.address(to)
                if address is None:
                    return self.words(inside)
                more = f' title="{escape(title)}"' if title else ""
                return f'<a href="{escape(address)}"{more}>{self.words(inside)}</a>'
            case doc.Time(seconds):  # whose unit stays beside its number
                return known(seconds, duration).replace(" ", "\N{NO-BREAK SPACE}")
            case doc.Share(value):
                if math.isnan(value):
                    return UNKNOWN
                return f'<span class="bar" style="--w:{min(value, 1):.0%}">{percent(value)}</span>'
            case doc.Gain(value):
                return f'<span class="{colour(value)} chip">{times(value)}</span>'
        return "".join(map(self.words, words))

    def blocks(self, blocks: Sequence[doc.Block]) -> str:
        """Blocks, one below the other."""
        return "\n".join(map(self.block, blocks))

    def block(self, block: doc.Block) -> str:
        """One block."""
        words = self.words
        match block:
            case doc.Section(key, heading, blocks, level):
                kind = ' class="kernel"' if level > 2 else ""
                key = escape(key)
                return (
                    f'<section id="{key}"{kind} aria-labelledby="h-{key}">'
                    f'<h{level} id="h-{key}">{words(heading)}</h{level}>\n{self.blocks(blocks)}'
                    "</section>"
                )
            case doc.Heading(inside):
                return f"<h3>{words(inside)}</h3>"
            case doc.Paragraph(inside, kind):
                return (
                    f'<p class="{kind}">{words(inside)}</p>' if kind else f"<p>{words(inside)}</p>"
                )
            case doc.Bullets(items, none):
                listed = "".join(f"<li>{words(item)}</li>" for item in items)
                return f"<ul>{listed}</ul>" if items else f"<p>{words(none)}</p>"
            case doc.Table():
                return self.wide(block) if block.wide else self.cards(block)
            case doc.Matrix():
                return self.matrix(block)
            case doc.Chart(svg, caption):
                return f"<figure>{svg}<figcaption>{words(caption)}</figcaption></figure>"
            case doc.Chips(chips):
                return f'<ul class="strip">{"".join(map(self.chip, chips))}</ul>'
            case doc.Details(summary, blocks):
                shown = self.blocks(blocks)
                return f"<details><summary>{escape(summary)}</summary>\n{shown}</details>"
            case doc.Beside(blocks):
                return f'<div class="beside">{self.blocks(blocks)}</div>'
            case doc.Tiles(tiles):
                listed = "".join(
                    f"<li><b>{escape(big)}</b> <span>{words(told)}</span></li>"
                    for big, told in tiles
                )
                return f'<ul class="tiles">{listed}</ul>'
            case doc.Menu(links):
                listed = "\n".join(f"<li>{words(link)}</li>" for link in links)
                return f'<nav aria-label="Where to go next"><ul>\n{listed}\n</ul></nav>'
            case doc.Colours():
                cells = "".join(f'<li class="{kind}">{told}</li>' for _, kind, told in STEPS)
                return f'<ul class="key" aria-label="Colours">{cells}</ul>'
        raise TypeError(block)

    def chip(self, chip: doc.Chip) -> str:
        """A port, and small links beside it."""
        more = f"<small>{' '.join(map(self.words, chip.more))}</small>" if chip.more else ""
        return (
            f'<li id="{escape(chip.key)}" class="{colour(chip.gain)}">{self.words(chip.link)} '
            f"<b>{times(chip.gain)}</b>{more}</li>"
        )

    def cards(self, table: doc.Table) -> str:
        """A table; on a phone each row is a card of its own."""
        caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
        head = "".join(
            f'<th scope="col" role="columnheader">{escape(heading)}</th>'
            for heading in table.headings
        )
        rows = []
        for first, *rest in table.rows:
            cells = "".join(
                f'<td role="cell" data-l="{escape(heading)}">{self.words(cell)}</td>'
                for heading, cell in zip(table.headings[1:], rest, strict=True)
            )
            name = f'<th scope="row" role="rowheader">{self.words(first)}</th>'
            rows.append(f'<tr role="row">{name}{cells}</tr>')
        return (
            f'<table class="cards" role="table">{caption}<thead role="rowgroup"><tr role="row">'
            f'{head}</tr></thead><tbody role="rowgroup">{"".join(rows)}</tbody></table>'
        )

    def wide(self, table: doc.Table) -> str:
        """A table that scrolls.

        There are thousands of its cells: they go without the closing tags that HTML leaves out, and
        without links, which the ports above the table have.
        """
        words = Html(lambda to: None).words
        head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
        body = "".join(
            f'<tr><th scope="row">{words(first)}</th>'
            f"{''.join(f'<td>{words(cell)}' for cell in rest)}"
            for first, *rest in table.rows
        )
        return (
            f'<div class="wide" tabindex="0" role="region" aria-label="{escape(table.caption)}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def matrix(self, matrix: doc.Matrix) -> str:
        """Coloured cells; the groups of columns stand above their names."""
        groups: dict[str, int] = {}
        for group, _ in matrix.columns:
            groups[group] = groups.get(group, 0) + 1
        head = "".join(
            f'<th scope="colgroup" colspan="{count}"><span>{group}</span></th>'
            for group, count in groups.items()
        )
        names = "".join(f'<th scope="col"><span>{name}</span></th>' for _, name in matrix.columns)
        rows = "".join(
            f'<tr><th scope="row">{self.words(name)}</th>{"".join(map(self.cell, cells))}</tr>'
            for name, cells in matrix.rows
        )
        return (
            f'<table class="glance"><thead><tr><th rowspan="2" scope="col">kernel</th>{head}</tr>'
            f"<tr>{names}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def cell(self, cell: doc.Cell | None) -> str:
        """A cell of a matrix."""
        if cell is None:
            return f'<td class="none">{UNKNOWN}</td>'
        win = " win" if cell.best else ""
        title = f"{escape(cell.name)}: {times(cell.gain)}"
        link = f'<a href="{escape(cell.to)}" title="{title}">{short(cell.gain)}</a>'
        return f'<td class="{colour(cell.gain)}{win}">{link}</td>'
