"""`portstudy machine`: what the times are compared with."""

import argparse
import json

from portstudy.files import unwritable, write_whole
from portstudy.measure import machine as this
from portstudy.show.console import open_console, print_line
from portstudy.show.text import memory


def run(options: argparse.Namespace) -> int:
    """What this machine is, what it measurably does, and what the libraries see of it."""
    if options.json and (why := unwritable(options.json)):
        options.refuse(f"--json: {why}")
    console, progress = open_console(), open_console(stderr=True)
    if progress.is_terminal:
        with progress.status("measuring") as status:
            found = this.describe(status.update)
    else:
        found = this.describe()
    lines = [
        ("processor", f"{found['processor']} ({found['architecture']}), {found['system']}"),
        (
            "cores",
            f"{found['cores'] or 'unknown'}; {found['processors']} processors, "
            f"of which this process may use {found['usable_processors']}",
        ),
    ]
    for cache in found["caches"]:
        shared = f"shared by {cache['processors']}" if cache["processors"] > 1 else "each"
        what = f"{memory(cache['bytes'])} {cache['kind']}, {shared}"
        lines.append((f"L{cache['level']} cache", what))
    if not found["caches"]:
        lines.append(("caches", "unknown"))
    free = memory(found["available_bytes"])
    lines.append(("memory", f"{memory(found['memory_bytes'])}, {free} available"))
    busy = " (busy: the rates are lower than an idle machine's)" if found["busy"] else ""
    lines.append(("load", f"{found['load']:.2f}{busy}"))
    rates = found["rates"]
    if "reason" in rates:
        lines.append(("bandwidth, peak", rates["reason"]))
    else:
        for rate in rates["bandwidth"]:
            where = f"{rate['in']}, {memory(rate['working_set_bytes'])} in use"
            lines.append(("bandwidth", f"{rate['bytes_per_second'] / 1e9:.3g} GB/s ({where})"))
        for dtype, rate in rates["operations_per_second"].items():
            lines.append(
                ("peak", f"{rate / 1e9:.3g} Gflop/s ({dtype}, {rates['threads']} threads)")
            )
    for library, devices in found["devices"].items():
        for device, seen in devices.items():
            state = seen.get("name") or f"unavailable: {seen['reason']}"
            lines.append((f"{library} on {device}", state))
    lines.append(("python", found["python"]))
    lines += [(name, version or "not installed") for name, version in found["versions"].items()]
    width = max(len(name) for name, _ in lines)
    for name, what in lines:
        print_line(console, f"{name:{width}}  {what}")
    if options.json:
        text = json.dumps(found, indent=1) + "\n"
        write_whole(options.json, text)
    return 0
