"""The notes as a site: links lead to pages, pictures follow the theme. `make smoke` builds it."""

from portstudy import find_kernel
from portstudy.pages.book import ROOT, kernel_page, page

NOTES = ROOT / "notes"


def test_links_lead_to_pages_of_the_site():
    text = page(
        "[a](../implementations/lif/jax_scan.py) [b](../implementations/lif/spec.py) [c](lif.md#x) "
        "[d](../README.md) [e](../common/portstudy/measure/rounds.py#L3) [f](https://example.org) "
        "[g](#here) [h](README.md)",
        NOTES,
    )
    assert text == (
        "[a](/kernels/lif.md#jax_scan) [b](/kernels/lif.md) [c](/lif.md#x) [d](/project.md) e "
        "[f](https://example.org) [g](#here) [h](/index.md)"
    )


def test_code_and_what_cog_reads():
    text = "<!-- [[[cog\ncode()\n]]] -->\n```python\nx = [a](b.md)\n```\n<!-- [[[end]]] -->\n"
    assert page(text, NOTES) == "```python\nx = [a](b.md)\n```\n"


def test_a_picture_for_each_theme():
    picture = (
        '<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="notes/x-dark.svg">\n'
        '  <img alt="What it shows" src="notes/x-light.svg">\n</picture>'
    )
    assert page(picture, ROOT).splitlines() == [
        "![What it shows](x-light.svg){.only-light}",
        "![What it shows](x-dark.svg){.only-dark}",
    ]


def test_a_kernels_page_has_every_port():
    kernel = find_kernel("lif")
    text = kernel_page(kernel)
    assert text.startswith("# lif\n\nA network of leaky integrate-and-fire (LIF) neurons")
    assert "#/ports.Lif.track_steady_state?" in text
    for port in kernel.ports():
        assert f"## `{port}`\n\n{kernel.summary(port)}\n" in text
        assert kernel.path(port).read_text(encoding="utf-8") in text


def test_a_kernels_page_has_what_ports_share():
    kernel = find_kernel("threefry")
    text = kernel_page(kernel)
    assert "## `_numba`\n\nThreefry in Numba" in text
    assert kernel.path("_rounds").read_text(encoding="utf-8") in text
    assert "`__init__`" not in text
