"""A document: sections of paragraphs, tables and charts, of which a renderer makes a page.

A string is text: no renderer takes anything in it for markup, whatever a file says. Markup is a
node, and `say` makes nodes of a sentence of our own:

    say("**{gain}** as fast: see [the lesson](notes/lif.md)", gain=times(result.gain))

Where a link leads to is `#key`, a section or a port of this document; `asv:...`, a place in asv's
site; or a path in the repository.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Words


@dataclass(frozen=True)
class Code:
    """A name, or what one types."""

    text: str


@dataclass(frozen=True)
class Styled:
    """Words in a style: b stands out, em is explained, small is beside the point."""

    words: "Words"
    style: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    words: "Words"
    to: str
    title: str = ""


@dataclass(frozen=True)
class Time:
    """Seconds; NaN is unknown."""

    seconds: float


@dataclass(frozen=True)
class Share:
    """A share, as a bar where there is room for one; NaN is unknown."""

    value: float


@dataclass(frozen=True)
class Gain:
    """How many times as fast, in a colour that says whether it is a gain or a loss."""

    value: float


Words = str | Code | Styled | Link | Time | Share | Gain | Sequence["Words"]


_MARKUP = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>.+?)\*"
    r"|\[(?P<words>[^\]]+)\]\((?P<to>[^)]+)\)|\{(?P<hole>\w+)\}"
)


def say(sentence: str, **holes: Words) -> list[Words]:
    """The nodes of a sentence with `code`, **strong**, *emphasis*, [links](to) and {holes}."""
    nodes: list[Words] = []
    last = 0
    for found in _MARKUP.finditer(sentence):
        nodes.append(sentence[last : found.start()])
        last = found.end()
        match found.lastgroup, found[found.lastgroup or 0]:
            case "code", text:
                nodes.append(Code(text))
            case "strong", text:
                nodes.append(Styled(say(text, **holes), "b"))
            case "emphasis", text:
                nodes.append(Styled(say(text, **holes), "em"))
            case "to", to:
                nodes.append(Link(say(found["words"], **holes), to.format_map(holes)))
            case _, hole:
                nodes.append(holes[hole])
    return [node for node in (*nodes, sentence[last:]) if node]


def join(parts: Sequence[Words], between: str = ", ") -> list[Words]:
    """Words with commas between them."""
    joined: list[Words] = []
    for part in parts:
        joined += [between, part] if joined else [part]
    return joined


def plain(words: Words) -> str:
    """The words alone."""
    match words:
        case str():
            return words
        case Code(text):
            return text
        case Styled(inside) | Link(inside):
            return plain(inside)
        case Time() | Share() | Gain():
            return ""
    return "".join(map(plain, words))


# Blocks


@dataclass(frozen=True)
class Section:
    """A part with a heading to link to; a part of a part stands one level lower."""

    key: str
    heading: Words
    blocks: Sequence["Block"]
    level: int = 2


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    words: Words


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `kind` is faint or lead."""

    words: Words
    kind: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; `none` is said where it is empty."""

    items: Sequence[Words]
    none: Words = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column names the row; `align` is l or r for each column."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Words]]
    align: str = ""
    caption: str = ""
    wide: bool = False
    """Has it so many columns that it scrolls within a page where there is no room?"""


@dataclass(frozen=True)
class Cell:
    """A gain in a matrix, and where it leads to."""

    gain: float
    name: str
    to: str
    best: bool = False


@dataclass(frozen=True)
class Matrix:
    """Gains by row and by column; columns have a group and a name."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[Words, Sequence[Cell | None]]]


@dataclass(frozen=True)
class Chart:
    """A drawing and what it shows; `picture` is its like among the notes' pictures, if any."""

    svg: str
    caption: Words
    picture: str = ""
    title: str = ""


@dataclass(frozen=True)
class Chip:
    """A port: its gain, and where its code and more about it is."""

    key: str
    link: Words
    gain: float
    more: Sequence[Link] = ()


@dataclass(frozen=True)
class Chips:
    """Ports side by side; only a page of colours shows them, for their table says the same."""

    chips: Sequence[Chip]


@dataclass(frozen=True)
class Details:
    """What is shown when asked for."""

    summary: str
    blocks: Sequence["Block"]


@dataclass(frozen=True)
class Beside:
    """Blocks beside each other where there is room."""

    blocks: Sequence["Block"]


@dataclass(frozen=True)
class Tiles:
    """What was found, as numbers, each with a sentence."""

    tiles: Sequence[tuple[str, Words]]


@dataclass(frozen=True)
class Menu:
    """Where to go next."""

    links: Sequence[Link]


@dataclass(frozen=True)
class Colours:
    """What the colours of gains mean."""


Block = (
    Section | Heading | Paragraph | Bullets | Table | Matrix | Chart | Chips | Details | Beside
    | Tiles | Menu | Colours
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A title with a subtitle, what stands before the first section, and the sections."""

    title: str
    subtitle: str
    opening: Sequence[Block]
    sections: Sequence[Section]
    footer: Words = ""
