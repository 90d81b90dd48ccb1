"""The report: self-contained, its links lead somewhere, its numbers are the recorded ones."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from portstudy import find_kernel
from portstudy.checkout import ROOT
from portstudy.history.results import RESULTS
from portstudy.pages import readme, recorded
from portstudy.pages.lessons import claims
from portstudy.pages.lif_study import FOLDER, LifStudy
from portstudy.pages.recorded import Record
from portstudy.pages.report import findings
from portstudy.pages.report.__main__ import check
from portstudy.pages.report.contents import report
from portstudy.pages.report.document import Code, Link, plain, say
from portstudy.pages.report.html import page
from portstudy.pages.report.markdown import markdown
from portstudy.pages.report.write import REPORT, on_site, write
from portstudy.show.text import times

from benchmarks import ports as suite

TESTED = {"numpy": "2.4.6", "jax": "0.10.2", "numba": "0.68.1", "torch": "2.13.0"}
OLDER = {"numpy": "2.2.6", "jax": "0.8.0", "numba": "0.61.2", "torch": "2.9.0"}


class Page(HTMLParser):
    """Tags with their attributes, in order; links, ids, and the text within each id."""

    def __init__(self, text):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[tuple[str, str | None]] = []
        self.said: dict[str, str] = {}
        self.feed(text)
        self.ids = [a["id"] for _, a in self.tags if a.get("id")]
        self.links = [a["href"] for tag, a in self.tags if tag == "a"]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "input", "wbr", "br", "use", "path", "rect"):
            self.open.append((tag, dict(attributes).get("id")))

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass  # cells that end with their row

    def handle_data(self, words):
        for _, name in self.open:
            if name:
                self.said[name] = self.said.get(name, "") + words


@pytest.fixture(scope="module")
def results():
    return Record.read(RESULTS)


@pytest.fixture(scope="module")
def document(results):
    return report(results, LifStudy.read(FOLDER))


@pytest.fixture(scope="module")
def html(document):
    return page(document)


@pytest.fixture(scope="module")
def parsed(html):
    return Page(html)


@pytest.fixture(scope="module")
def text(document):
    return markdown(document)


def record(
    folder, ratios, *, machine="here", versions=TESTED, environment="checkout", commit="a" * 40,
    threads="all", date=1_795_000_000_000, **params,
):  # fmt: skip
    """A result file as asv writes it, of lif at its size small: relative times of ports."""
    ports = list(ratios)

    def values(figure):
        return [x for port in ports for x in (figure(port), float("nan"))]

    axes = [[repr(port) for port in ports], ["'small'", "'large'"]]
    figures = {
        "steady_state": values(lambda port: ratios[port] / 8),
        "relative_time": values(lambda port: ratios[port]),
        "first_call": values(lambda port: 1.0),
        "break_even": values(lambda port: 3 if ratios[port] < 1 else float("nan")),
        "largest_error": values(lambda port: 0.0),
    }
    written = {
        "version": 2, "commit_hash": commit, "date": date, "python": "3.11",
        "env_name": environment, "requirements": versions,
        "params": {"machine": machine, "cpu": "A CPU", "num_cpu": "8", "device": "cpu"} | params,
        "env_vars": {
            "PORTSTUDY_DTYPE": "float32" if params.get("device") == "cuda" else "float64",
            "PORTSTUDY_THREADS": threads,
        },
        "result_columns": ["result", "params", "version"],
        "results": {f"ports.Lif.track_{name}": [v, axes, "1"] for name, v in figures.items()},
    }  # fmt: skip
    path = folder / machine / f"{commit[:8]}-{environment}-{versions['jax']}-{threads}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(written))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "study").mkdir()
    return tmp_path / "results"


def made(folder):
    """The page, its twin and what they are made from."""
    found, study = Record.read(folder), LifStudy.read(folder.parent / "study")
    document = report(found, study)
    return page(document), markdown(document), found


def test_words_are_text_and_markup_is_nodes():
    assert say("`a_b` is *so* {much}: [see](notes/x.md)", much="**1**")[0] == Code("a_b")
    assert say("[{x}]({to})", x="<b>", to="a") == [Link(["<b>"], "a")]
    assert plain(say("`a` is **{much}** *more*", much="2×")) == "a is 2× more"


def test_readme_and_report_name_the_same_winner(text, html, results):
    every = results.everything()
    expected = [(f.name, f.size, f.best.port, times(f.best.gain)) for f in every]
    table = text.partition("## The best port of each kernel")[2].partition("\n## ")[0]
    row = r"(?m)^\| \[`(\w+)`\]\S+ <sub>(\w+)</sub> \| \[`(\w+)`\]\S+ \| (\S+) \|"
    assert re.findall(row, table) == expected
    framed = re.findall(r'win"><a href="#([^"]+)" title="([^"]+)"', html)
    assert framed == [(f"{name}-{port}", f"{port}: {gain}") for name, _, port, gain in expected]
    for found in every:  # what the README and the notes name
        first = readme.table(found.name, found.size).splitlines()[2]
        assert first.startswith(f"| {readme.link(found.best)} ")
        tops = readme.best()[found.name]
        if found.best.library in tops:
            assert max(tops.values(), key=lambda top: top.gain).port == found.best.port
    won = [int(count) for count in re.findall(r"(?m)^\| [^|-]+ \| (\d+) \|", readme.frameworks())]
    assert sum(won) == sum(not found.best.is_reference for found in every)
    assert won[0] == sum(found.best.library == "numba" for found in every)


def test_what_is_out_of_date_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("portstudy.pages.report.__main__.REPORT", tmp_path)
    write(tmp_path)
    assert check() == 0
    (tmp_path / "README.md").write_text("of last week")
    assert check() == 1
    assert capsys.readouterr().out == "report/README.md is out of date: make report\n"


def test_nothing_comes_from_elsewhere(html, parsed):
    assert not {"script", "link", "img", "iframe", "object", "audio", "video"} & {
        tag for tag, _ in parsed.tags
    }
    assert not re.search(r"@import|url\(|https?://|//[a-z]+\.[a-z]", html)
    assert "default-src 'none'" in html
    assert len(html.encode()) < 500_000
    assert str(ROOT) not in html


def test_links_lead_somewhere(parsed, text):
    assert len(parsed.ids) == len(set(parsed.ids))
    plots = 0
    for link in set(parsed.links):
        path, _, rest = link.partition("#")
        if path == "../.asv/html/index.html":
            name, _, query = rest.partition("?")
            _, kernel, figure = name.split(".")
            benchmark = getattr(suite, kernel)
            assert hasattr(benchmark, figure)
            port = re.search(r"p-port='(\w+)'", unquote(query))
            assert port is None or port[1] in benchmark.params[0]
            plots += 1
        elif path:
            assert (REPORT / unquote(path)).exists(), link
        else:
            assert rest in parsed.ids, link
    assert plots > 300
    for link in set(re.findall(r'\]\(([^)#]+)|srcset="([^"]+)"|src="([^"]+)"', text)):
        assert (REPORT / "".join(link)).exists(), link


def test_a_reader_of_the_page_by_ear_finds_the_way(parsed):
    headings = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))
    assert ("html", {"lang": "en"}) in parsed.tags
    assert all(a.get("scope") for tag, a in parsed.tags if tag == "th")
    charts = [a for tag, a in parsed.tags if tag == "svg" and "aria-hidden" not in a]
    assert len(charts) >= 6
    assert all(a["role"] == "img" and len(a["aria-label"]) > 20 for a in charts)
    assert all(words.strip() for words in parsed.said.values())


# Not called `kernel`, by which tests are spread over processes: the page would be made in each.
@pytest.mark.parametrize("name", ["lif", "threefry", "gaussian_density"])
def test_each_cell_has_the_recorded_number_and_three_links(name, results, html, parsed, text):
    newest: dict[str, tuple[int, float]] = {}  # read without the report's own reader
    for path in sorted(RESULTS.glob(f"{results.machines[0]}/*-checkout-*float64*all.json")):
        run = json.loads(path.read_text())
        found = run["results"].get(f"ports.{name.title().replace('_', '')}.track_relative_time")
        if found:
            ports, sizes = found[1]
            size = sizes.index(repr(results.compared(name).size))
            for i, port in enumerate(ports):
                ratio = found[0][i * len(sizes) + size]
                if isinstance(ratio, float) and ratio == ratio:
                    newest[port.strip("'")] = max(
                        newest.get(port.strip("'"), (0, 0)), (run["date"], ratio)
                    )
    there = set(find_kernel(name).ports())
    assert len(there & set(newest)) > 5
    for port in there & set(newest):
        gain = times(1 / newest[port][1])
        assert f"{port} {gain}" in parsed.said[f"{name}-{port}"]
        cell = html.partition(f'<li id="{name}-{port}"')[2].partition("</li>")[0]
        links = re.findall(r'href="([^"]+)"', cell)
        assert len(links) == 3
        assert links[0] == f"../implementations/{name}/{port}.py"
        assert links[1].startswith("../.asv/html/index.html#/ports.")
        assert links[2].startswith("../notes/")
        assert re.search(rf"\[`{port}`\]\(../implementations/{name}/.*{re.escape(gain)} \|", text)


def test_lessons():
    assert findings.lesson("lif", "jax_scan") == "lif"  # which links to its file
    assert findings.lesson("gaussian_mixture", "jax_vmap_step") == "vmap"  # which has its name
    assert findings.lesson("softmax_regression", "torch_compile") == "torch-compile"


def test_kinds_of_ports(folder):
    kinds = {
        "numpy_event": "numpy", "jax_eager": "jax-eager", "jax_jit_step_host": "jax",
        "jax_scan": "jax", "numba_event": "numba", "torch_eager": "torch-eager",
        "torch_scan_event": "torch", "brian2_cpp": "peer", "unheard_of": "peer",
    }  # fmt: skip
    record(folder, dict.fromkeys(kinds, 0.5))
    (found,) = Record.read(folder).everything()
    assert {r.port: findings.family(r) for r in found} == kinds
    for kernel, port, kind in (
        ("lif_ensemble", "numba_parallel_fused", "numba-parallel"),
        ("threefry", "jax_random", "peer"),
    ):
        assert findings.family(recorded.recorded(kernel)[port]) == kind


def test_what_tells_frameworks_apart_is_claimed():
    for note, names in findings.DISAGREEMENTS.items():
        assert set(names) <= set(claims(note))


def test_what_lost(folder):
    ratios = {"numpy_dense": 1.0, "numpy_event": 0.5, "jax_scan": 2.0, "numba_event": 1.02}
    record(folder, ratios)
    shown, text, found = made(folder)
    lost = findings.lost(found.everything())
    assert [result.port for result in lost.numpy_wins] == ["numpy_event"]
    assert lost.never == ["lif"]
    assert [result.port for result in lost.slower] == ["jax_scan"], "1.02 is no loss"
    assert "jax_<wbr>scan</code></a> takes 2 times as long" in shown
    assert "takes 2 times as long" in text
    record(folder, ratios | {"numba_event": 0.25})
    lost = findings.lost(made(folder)[2].everything())
    assert not lost.numpy_wins
    assert not lost.never


def test_each_ports_newest_figure_counts(folder):
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.5, "numba_event": 0.25}, date=10**12)
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.2}, date=2 * 10**12, commit="b" * 40)
    record(folder, {"numpy_dense": 1.0, "jax_scan": 9.0}, date=3 * 10**12, threads="1")
    found = made(folder)[2]
    assert {r.port: r.gain for r in found.compared("lif")} == {
        "jax_scan": 5, "numba_event": 4, "numpy_dense": 1
    }  # fmt: skip


def test_damaged_and_foreign_files_are_named(folder):
    good = record(folder, {"numpy_dense": 1.0, "jax_scan": 0.25})
    sound = json.loads(good.read_text())
    relative = "ports.Lif.track_relative_time"
    for name, damage in {
        "empty": "",
        "list": "[]",
        "axes": json.dumps(sound | {"results": {relative: [[1.0, 2.0], [[1, 2]], "1"]}}),
        "date": json.dumps(sound | {"date": 10**30}),
        "versions": json.dumps(sound | {"requirements": {"numpy": "2"}}),
    }.items():
        good.with_name(f"aaaaaaaa-{name}.json").write_text(damage)
    study = folder.parent / "study"
    (study / "lif-small-float64-1.json").write_text('{"kernel": "lif"}')
    (study / "lif-rate.json").write_text('{"sessions": 3}')
    (study / "machine.json").write_text('{"processor": "A CPU", "rates": {"bandwidth": [1]}}')
    (study / "commits.json").write_text("[1]")
    session = json.loads((FOLDER / "lif-small-float64-all.json").read_text())
    session["ports"]["jax_scan"]["samples"][0] = float("nan")
    (study / "lif-small-float64-all.json").write_text(json.dumps(session))
    shown, text, found = made(folder)
    named = {Path(path).name for path in found.left_out | LifStudy.read(study).left_out}
    assert named == {
        "aaaaaaaa-empty.json", "aaaaaaaa-list.json", "aaaaaaaa-axes.json", "aaaaaaaa-date.json",
        "aaaaaaaa-versions.json", "lif-small-float64-1.json", "lif-rate.json", "machine.json",
        "commits.json", "lif-small-float64-all.json",
    }  # fmt: skip
    assert "Left out" in Page(shown).said["measured"]
    for name in named:
        assert name.replace("_", "_<wbr>") in shown
        assert name in text
    assert "4×" in Page(shown).said["lif-jax_scan"], "the others are used"


def test_odd_numbers_are_no_figures(folder):
    record(
        folder,
        {"numpy_dense": 1.0, "jax_scan": float("inf"), "jax_fori": -1.0, "jax_jit_step": 0.0,
         "numba_event": 0.25},
    )  # fmt: skip
    assert {r.port for r in made(folder)[2].compared("lif")} == {"numpy_dense", "numba_event"}


def test_odd_values_beside_a_figure_are_left_out(folder):
    path = record(folder, {"numpy_dense": 1.0, "jax_scan": 0.5})
    written = json.loads(path.read_text())
    written["result_columns"].append("stats_q_25")
    relative = written["results"]["ports.Lif.track_relative_time"]
    relative.append(["low", None, [], {}])
    for name, value in (("time_over_limit", 0), ("time_over_brian2_cpp", 0), ("first_call", "x")):
        written["results"][f"ports.Lif.track_{name}"] = [[value] * 4, relative[1], "1"]
    path.write_text(json.dumps(written))
    shown, _, found = made(folder)
    top = found.compared("lif").best
    assert (top.port, top.low) == ("jax_scan", 0.5)
    assert str(top.first_call) == str(top.over_limit) == "nan"
    assert not top.over_peer
    assert "2×" in Page(shown).said["lif-jax_scan"]


def test_two_machines_side_by_side(folder):
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.25, "numba_event": 0.5}, machine="one")
    record(
        folder, {"numpy_dense": 1.0, "jax_scan": 0.01, "jax_jit_step": 0.5, "torch_eager": 0.25},
        machine="two", device="cuda", device_name="A GPU",
    )  # fmt: skip
    shown, text, found = made(folder)
    assert found.machines == ["one", "two"], "a CPU first, whatever has more figures"
    devices = Page(shown).said["devices"]
    assert "A CPU, 8 cores, cuda: A GPU" in devices
    assert re.search(r"lif\s*jax_scan \S+\sms, 4× small\s*jax_scan \S+\sms, 100× small", devices)
    assert "4×" in Page(shown).said["lif-jax_scan"], "the matrix is of the first machine"
    assert "100×" in text.partition("## Devices side by side")[2].partition("\n## ")[0]


def test_one_machine_alone_says_how_another_is_added(folder):
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.25})
    assert "one machine so far: A CPU, 8 cores" in Page(made(folder)[0]).said["devices"]


def test_library_versions_side_by_side(folder):
    ratios = {"numpy_dense": 1.0, "jax_scan": 0.5, "numba_event": 0.25, "torch_eager": 2.0}
    setting = {"environment": "virtualenv", "threads": "1"}
    record(folder, ratios, versions=OLDER, **setting)
    record(folder, ratios | {"jax_scan": 0.25, "numba_event": 0.24}, **setting)
    record(folder, ratios | {"torch_eager": 1.0}, commit="c" * 40, **setting)  # with one set only
    shown, text, found = made(folder)
    versions = found.versions()
    assert (versions.old, versions.new) == (OLDER, TESTED)
    assert [(old.port, old.gain, new.gain) for old, new in versions.moved()] == [("jax_scan", 2, 4)]
    said = Page(shown).said["versions"]
    assert "jax 0.8.0, numba 0.61.2" in said
    assert "of 3 ports measured with both at one commit, 1 changed" in said
    assert "of 3 ports" in text
    assert found.everything() == [], "what make history measures is not what the matrix shows"


def test_what_a_file_says_stays_text(folder):
    evil = '<script>alert("x")</script>'
    record(folder, {"numpy_dense": 1.0, evil: 0.5, "gone_port": 0.25}, cpu=f"{evil} & co")
    good = record(folder, {"numpy_dense": 1.0, "jax_scan": 0.5}, machine="b", commit="d" * 40)
    good.with_name("aaaaaaaa-<script>.json").write_text("{")
    shown, text, _ = made(folder)
    assert "<script" not in shown
    assert "<script" not in text
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co" in shown
    parsed = Page(shown)
    assert "2×" in parsed.said[f"lif-{evil}"]
    assert "4×" in parsed.said["lif-gone_port"]
    assert not any("gone_port.py" in link or "script" in link for link in parsed.links)


def test_nothing_recorded(folder):
    shown, text, _ = made(folder)
    assert "Nothing is recorded yet" in shown
    assert "Nothing is recorded yet" in text
    assert not [a for tag, a in Page(shown).tags if tag == "svg" and "aria-hidden" not in a]


def test_on_the_site(document, html):
    site = Page(page(document, on_site))
    assert "../notes/kernels/lif.html#jax-scan" in site.links
    assert "../notes/kernels/lif.html" in site.links
    assert "../index.html#/ports.Lif.track_relative_time?p-port=%27jax_scan%27" in site.links
    assert "../notes/torch-compile.html" in site.links
    assert "../notes/index.html" in site.links
    assert "#lost" in site.links
    folders = {link.split("/")[1] for link in site.links if link.startswith("../")}
    assert folders <= {"notes", "index.html#"}, "what is not on the site is linked to nowhere"
    assert Page(html).said["lif"] == site.said["lif"]
