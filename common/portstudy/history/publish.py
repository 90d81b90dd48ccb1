"""The site that asv makes of the recorded results, and what became slower."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from portstudy.checkout import ROOT, git
from portstudy.history.asv import config, run_asv, write_suite
from portstudy.history.offline import make_local
from portstudy.history.regressions import lost, slower
from portstudy.history.results import RESULTS, history, sort_out
from portstudy.show.console import PLAIN

HTML = ROOT / ".asv" / "html"


def publish(console: Console, pages: Sequence[Callable[[Path], None]] = ()) -> bool:
    """Build a site that needs no network from all sound results; say what became slower.

    Each of `pages` is called with the site's folder, to add to it.
    """
    sound, unsound = sort_out(RESULTS)
    for path, why in unsound.items():
        console.print(f"Left out: {path.relative_to(ROOT)} {why}", **PLAIN)
    shutil.rmtree(HTML, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        results = _copy_results(sound, Path(folder))
        write_suite(results)
        written = config(Path(folder), results=results)
        command = ["--config", str(written), "publish", "--no-pull", "-o", str(HTML)]
        code, log = run_asv(console, command, {}, "publish.log")
        if code:
            console.print(f"asv publish failed with exit code {code}: see {log}", **PLAIN)
            return False
    why = make_local(HTML, ROOT / ".asv" / "npm")
    if why:
        console.print(f"The site needs a network: its scripts come from CDNs ({why})", **PLAIN)
    for add in pages:
        add(HTML)
    announce(console)
    console.print(
        f"\nThe site is in {HTML.relative_to(ROOT)}; `asv preview` serves it:\n"
        "  http://127.0.0.1:8080/#/ports.Lif.track_steady_state?x-axis=port&y-axis-scale=log",
        **PLAIN,
    )
    return True


def _copy_results(paths: list[Path], folder: Path) -> Path:
    """A copy of these results, for asv to read."""
    results = folder / "results"
    results.mkdir()
    for path in {*paths, *(path.parent / "machine.json" for path in paths)}:
        (results / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, results / path.parent.name)
    return results


def announce(console: Console) -> None:
    """Say which ports became slower or lost their figure, and since which commit."""
    found = [*slower(HTML), *lost(RESULTS, history(ROOT))]
    console.print()
    for finding in found:
        subject = git("log", "-1", "--format=%s", finding.commit)
        console.print(f"{finding}: {subject}", **PLAIN)
    if not found:
        console.print("No port became slower, by relative time, and none lost its figure.", **PLAIN)
