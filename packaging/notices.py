#!/usr/bin/env python3
"""Prints the licenses of all that is linked into the program: notices.py [TARGET]

Of each crate its licence files, and of the standard library those that the toolchain has. Ends with an error when a crate
has no licence at all. Needs cargo and nothing else.
"""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IS_NOTICE = re.compile(r"(?i)^(licen[cs]e|copying|copyright|notice|unlicense|authors)([-_.].*)?$")


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def notices_in(folder):
    """The texts of the licence files in `folder`."""
    files = sorted(path for path in folder.iterdir() if IS_NOTICE.match(path.name) and path.is_file())
    return [path.read_text(encoding="utf-8", errors="replace").strip() for path in files]


def notices_of_rust():
    """What the toolchain has about its standard library, a page without its tags; nothing where it has none."""
    page = Path(run("rustc", "--print", "sysroot").strip()) / "share/doc/rust/COPYRIGHT-library.html"
    if not page.is_file():
        return []
    text = html.unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")))
    return [re.sub(r"\s*\n\s*\n\s*", "\n\n", text).strip()]


def linked(target):
    """The packages that are linked into the program for `target`, but for the program itself."""
    # Macros and build scripts run while it is built; nothing of them is in it.
    tree = run("cargo", "tree", "--locked", "--target", target, "--edges", "normal,no-proc-macro", "--prefix", "none")
    names = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target))
    packages = [package for package in metadata["packages"] if (package["name"], f"v{package['version']}") in names]
    return sorted((p for p in packages if p["source"] is not None), key=lambda p: (p["name"], p["version"]))


def main():
    host = re.search(r"(?m)^host: (.*)$", run("rustc", "-vV"))[1]
    target = sys.argv[1] if len(sys.argv) > 1 else host
    parts = [("The standard library of Rust (MIT OR Apache-2.0)", notices_of_rust())]
    for package in linked(target):
        licence = package["license"] or package["license_file"]
        if not licence:
            sys.exit(f"{package['name']} {package['version']} has no licence")
        texts = notices_in(Path(package["manifest_path"]).parent)
        # A crate without licence files names its authors at least.
        texts = texts or ["Copyright: " + (", ".join(package["authors"]) or f"the authors of {package['name']}")]
        parts.append((f"{package['name']} {package['version']} ({licence})\n{package['repository'] or ''}".strip(), texts))

    print(f"armguard for {target} contains {len(parts) - 1} crates and the standard library of Rust. Their licences:")
    # A text that several have stands behind the last of them.
    shared = {}
    for title, texts in parts:
        shared.setdefault(tuple(texts), []).append(title)
    for texts, titles in shared.items():
        print(f"\n{'=' * 80}\n" + "\n\n".join([*titles, *texts]))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    main()
