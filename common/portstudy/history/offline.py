"""Making the site that `asv publish` built work without a network, and its bars readable.

asv's page loads ten scripts and styles from CDNs and shows an error page without them. The same
versions are npm packages: they are fetched once with `npm pack`, kept beside asv's environments,
and copied into the site. If that fails, the links to the CDNs stay, and a line says so.
"""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

# From the end of a CDN's address to the npm package and the file in it.
FILES = {
    "jquery-3.3.1.min.js": ("jquery@3.3.1", "dist/jquery.min.js"),
    "jquery.flot.min.js": ("flot@0.8.3", "jquery.flot.js"),
    "jquery.flot.time.min.js": ("flot@0.8.3", "jquery.flot.time.js"),
    "jquery.flot.selection.min.js": ("flot@0.8.3", "jquery.flot.selection.js"),
    "jquery.flot.categories.min.js": ("flot@0.8.3", "jquery.flot.categories.js"),
    "jquery.flot.orderBars.js": ("flot-orderbars@1.0.0", "js/jquery.flot.orderBars.js"),
    "stupidtable.min.js": ("stupid-table-plugin@1.1.3", "stupidtable.min.js"),
    "md5.min.js": ("blueimp-md5@2.19.0", "js/md5.min.js"),
    "bootstrap.min.js": ("bootstrap@3.1.1", "dist/js/bootstrap.min.js"),
    "bootstrap.min.css": ("bootstrap@3.1.1", "dist/css/bootstrap.min.css"),
}


STYLE = """<style>
.flot-x-axis .flot-tick-label { font-size: 10px; transform: rotate(-18deg) translateX(-40%); }
.xaxisLabel { margin-top: 18px; }
</style>
"""  # else the names of the ports run into each other


FONT = "glyphicons-halflings-regular.woff"  # bootstrap.min.css asks for it in ../fonts


def make_local(html: Path, cache: Path) -> str:
    """Copy what index.html links to into the site; returns "" or why the CDN is still needed."""
    index = html / "index.html"
    page = index.read_text(encoding="utf-8")
    links = re.findall(r'(?:src|href)="(https://[^"]+\.(?:js|css))"', page)
    try:
        for link in links:
            name = link.rpartition("/")[2]
            if name not in FILES:
                return f"index.html links to {link}; no npm package of it is known"
            package, member = FILES[name]
            target = html / "vendor" / member.rpartition(".")[2] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_fetch(package, cache) / member, target)
            local = target.relative_to(html).as_posix()
            # Integrity and CORS attributes are for other people's servers.
            page = re.sub(
                rf'(src|href)="{re.escape(link)}"[^>]*?(?= onerror|>)', rf'\1="{local}"', page
            )
        fonts = html / "vendor" / "fonts"
        fonts.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_fetch("bootstrap@3.1.1", cache) / "dist/fonts" / FONT, fonts / FONT)
    except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
        return str(error)
    index.write_text(page.replace("</head>", STYLE + "</head>"), encoding="utf-8")
    return ""


def _fetch(package: str, cache: Path) -> Path:
    """The unpacked npm package, fetched once."""
    folder = cache / package
    if not folder.exists():
        scratch = cache / f"{package}.partial"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=scratch, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        (archive,) = scratch.glob("*.tgz")
        with tarfile.open(archive) as files:
            files.extractall(scratch, filter="data")
        (scratch / "package").rename(folder)
        shutil.rmtree(scratch)
    return folder
