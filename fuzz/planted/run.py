#!/usr/bin/env python3
"""Plants each fault of faults.toml in a copy of the project, and tells how soon generated projects show it: their
properties, or where a fault names a `relation`, the test of texts that are written differently.

    fuzz/planted/run.py [--seconds 600] [--only WORD]

The copy lies in target/planted and is built in the profile of development. The exit code is 1 when a fault
cannot be planted any more, or is not found in time, or not within so many templates as it says.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COPIED = ["Cargo.toml", "Cargo.lock", "build.rs", "README.md", "src", "rules", "crates", "docs", "benches", "testdata",
          "tests"]


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
    faults = [fault for fault in faults if options.only in fault["name"]]
    missed = sum(not is_found(copy, fault, options.seconds) for fault in faults)
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
        program, error = build(copy, "relation" in fault)
        if program is None:
            print(f"{fault['name']}: does not build\n{error}", flush=True)
            return False
        found, said = differs(copy, program, fault, seconds) if "relation" in fault else hunt(program, seconds)
        print(f"{fault['name']}: {said}", flush=True)
        return found
    finally:
        path.write_text(text)


def build(copy: pathlib.Path, is_relation: bool) -> tuple[str | None, str]:
    """The program that looks for faults, or why there is none."""
    what = ["test", "--no-run", "--test", "metamorphic"] if is_relation else ["build", "--example", "hunt"]
    command = ["cargo", *what, "--quiet", "--package", "armguard-gen", "--message-format", "json",
               "--target-dir", str(copy.parent / "build")]
    built = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    programs = [message["executable"] for message in messages if message.get("executable")]
    errors = [message["message"]["rendered"] for message in messages if message["reason"] == "compiler-message"]
    return (programs[-1], "") if built.returncode == 0 and programs else (None, "".join(errors) + built.stderr)


def hunt(program: str, seconds: int) -> tuple[bool, str]:
    """Whether generated projects have a property that is broken, and after how many of them."""
    run = subprocess.run([program, "0", str(seconds)], capture_output=True, text=True, env={"ARMGUARD_NO_SHRINK": "1"})
    line = re.search(r"^(found by run|nothing found).*", run.stdout, re.MULTILINE)
    found = run.returncode == 1 and run.stdout.startswith("found by run")
    return found, line.group() if line else run.stdout + run.stderr


def differs(copy: pathlib.Path, program: str, fault: dict, seconds: int) -> tuple[bool, str]:
    """Whether a relation makes a difference in generated projects, and after how many of them."""
    env = os.environ | {"ARMGUARD_RELATION": fault["relation"], "ARMGUARD_METAMORPHIC": "full"}
    try:
        run = subprocess.run([program, "--exact", "generated_projects", "--nocapture"], cwd=copy / "crates" / "gen",
                             capture_output=True, text=True, env=env, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False, f"nothing found in {seconds} s"
    line = re.search(r"^found by template (\d+).*", run.stdout, re.MULTILINE)
    if run.returncode == 0 or not line:
        return False, "nothing found\n" + run.stdout[-2000:] + run.stderr[-2000:]
    return int(line.group(1)) <= fault["within"], f"{line.group()} of at most {fault['within']}"


if __name__ == "__main__":
    sys.exit(main())
