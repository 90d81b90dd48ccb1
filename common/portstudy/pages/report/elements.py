"""What the page is built of: names, links, tables, coloured cells, as HTML."""

import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from portstudy.find import find_kernel
from portstudy.pages.report import findings
from portstudy.pages.report.data import Figure
from portstudy.show.text import percent, times

UP = "../"
"""From the report's folder to the repository's."""


SITE = f"{UP}.asv/html/index.html"
"""Where `make publish` builds asv's site."""


STEPS = [
    (1 / 8, "s3", "over 8 times slower"), (1 / 2, "s2", "2 to 8 times slower"),
    (1 / findings.SAME, "s1", "slower"), (findings.SAME, "e", "the same, within 10%"),
    (3, "f1", "faster"), (10, "f2", "over 3 times"), (50, "f3", "over 10 times"),
    (math.inf, "f4", "over 50 times"),
]  # fmt: skip
"""Upper bound of a gain, its class of colour, and what the legend says."""


def e(words: object) -> str:
    """Text, whatever it is that a file says."""
    return escape(str(words))


def name(words: str) -> str:
    """A name as code, which may break after an underscore."""
    return f"<code>{e(words).replace('_', '_<wbr>')}</code>"


def link(path: str, words: str, title: str = "") -> str:
    """A link to a file of the repository; the words are HTML."""
    more = f' title="{e(title)}"' if title else ""
    return f'<a href="{UP}{quote(path)}"{more}>{words}</a>'


def colour(gain: float) -> str:
    """The class of a cell."""
    return next(kind for bound, kind, _ in STEPS if gain <= bound)


def short(gain: float) -> str:
    """A gain in four characters at most, for a narrow cell."""
    if gain < 0.01:
        return "&lt;.01"
    return f"{gain:.2f}" if gain < 0.1 else times(gain).rstrip("×")


def port_link(figure: Figure, *, title: bool = False) -> str:
    """To a port's file, if it is still there; with a title that says what the port changes."""
    shown = name(figure.port)
    if not findings.there(figure.kernel, figure.port):
        return shown
    said = find_kernel(figure.kernel).summary(figure.port) if title else ""
    return link(f"implementations/{figure.kernel}/{figure.port}.py", shown, said)


def kernel_link(kernel: str) -> str:
    """To the kernel's place in this page."""
    return f'<a href="#k-{e(kernel)}">{name(kernel)}</a>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table whose first column names the row; on a phone each row is a card of its own."""
    parts = ['<table class="cards" role="table">']
    if caption:
        parts.append(f"<caption>{caption}</caption>")
    parts.append('<thead role="rowgroup"><tr role="row">')
    parts += [f'<th scope="col" role="columnheader">{heading}</th>' for heading in headings]
    parts.append('</tr></thead><tbody role="rowgroup">')
    for first, *rest in rows:
        parts.append(f'<tr role="row"><th scope="row" role="rowheader">{first}</th>')
        parts += [
            f'<td role="cell" data-l="{e(re.sub("<[^>]+>", "", heading))}">{cell}</td>'
            for heading, cell in zip(headings[1:], rest, strict=True)
        ]
        parts.append("</tr>")
    return "".join([*parts, "</tbody></table>"])


def wide(headings: Sequence[str], rows: Iterable[Sequence[str]], label: str) -> str:
    """A table of many columns of numbers, which scrolls within the page where there is no room.

    There are thousands of its cells: they go without the closing tags that HTML leaves out, too.
    """
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}" for cell in rest)}'
        for first, *rest in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{e(label)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def section(key: str, heading: str, *parts: str) -> str:
    """A part of the page with a heading to link to."""
    inside = "\n".join(part for part in parts if part)
    title = f'<h2 id="h-{key}">{heading}</h2>'
    return f'<section id="{key}" aria-labelledby="h-{key}">{title}{inside}</section>'


def figure(chart: str, caption: str) -> str:
    """A chart and what it shows."""
    return f"<figure>{chart}<figcaption>{caption}</figcaption></figure>"


def key() -> str:
    """What the colours mean."""
    cells = "".join(f'<li class="{kind}">{words}</li>' for _, kind, words in STEPS)
    return f'<ul class="key" aria-label="Colours">{cells}</ul>'


def bar(share: float) -> str:
    """A share as a number over a bar."""
    if share != share:
        return "–"
    return f'<span class="bar" style="--w:{min(share, 1):.0%}">{percent(share)}</span>'


def ticks(sentence: str) -> str:
    """A sentence with code between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", e(sentence))


def chip(figure: Figure) -> str:
    """A port: its gain, and where its code, its plot and its lesson are."""
    more = ""
    if findings.there(figure.kernel, figure.port):
        lesson = findings.lesson(figure.kernel, figure.port)
        plot = findings.plot(figure.kernel, figure.size, figure.port)
        more = (
            f'<small><a href="{SITE}{e(plot)}" aria-label="plot of {e(figure.port)}">plot</a> '
            f'<a href="{UP}notes/{lesson}.md">{lesson.replace("README", "notes")}</a>'
            "</small>"
        )
    return (
        f'<li id="{e(figure.kernel)}-{e(figure.port)}" class="{colour(figure.gain)}">'
        f"{port_link(figure, title=True)} <b>{times(figure.gain)}</b>{more}</li>"
    )
