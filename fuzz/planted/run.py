#!/usr/bin/env python3
"""Plants each fault of faults.toml in a copy of the project, and tells how soon generated projects show it.

    fuzz/planted/run.py [--seconds 600] [--only WORD]

The copy lies in target/planted and is built in the profile of development. The exit code is 1 when a fault
cannot be planted any more, or is not found in time.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COPIED = ["Cargo.toml", "Cargo.lock", "build.rs", "README.md", "src", "rules", "crates", "docs", "benches", "testdata"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    copy = ROOT / "target" / "planted" / "project"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        elif source.is_file():
            shutil.copy2(source, copy / name)
    faults = tomllib.loads((HERE / "faults.toml").read_text())["fault"]
    missed = 0
    for fault in (fault for fault in faults if options.only in fault["name"]):
        missed += not is_found(copy, fault, options.seconds)
    print(f"{len(faults)} faults, {missed} not found")
    return 1 if missed else 0


def is_found(copy: pathlib.Path, fault: dict[str, str], seconds: int) -> bool:
    path = copy / fault["file"]
    text = path.read_text()
    if text.count(fault["old"]) != 1:
        print(f"{fault['name']}: its text is not in {fault['file']} once", flush=True)
        return False
    path.write_text(text.replace(fault["old"], fault["new"]))
    try:
        command = ["cargo", "build", "--quiet", "--package", "armguard-gen", "--example", "hunt",
                   "--target-dir", str(copy.parent / "build")]
        built = subprocess.run(command, cwd=copy, capture_output=True, text=True)
        if built.returncode != 0:
            print(f"{fault['name']}: does not build\n{built.stderr}", flush=True)
            return False
        hunt = copy.parent / "build" / "debug" / "examples" / "hunt"
        run = subprocess.run([hunt, "0", str(seconds)], capture_output=True, text=True,
                             env={"ARMGUARD_NO_SHRINK": "1"})
        line = re.search(r"^(found by run|nothing found).*", run.stdout, re.MULTILINE)
        print(f"{fault['name']}: {line.group() if line else run.stdout + run.stderr}", flush=True)
        return run.returncode == 1 and run.stdout.startswith("found by run")
    finally:
        path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
