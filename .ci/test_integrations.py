"""Runs what the GitHub action, the Azure Pipelines template and the GitLab job run, as their servers would, and the
program on a terminal.

`test_integrations.py <program> <folder of wheels>`; the server is a folder, an environment and, for downloads, a `curl`
and a `cargo` of our own. What is run is read from the files that users use.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from hashlib import sha256
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PROGRAM, WHEELS = (Path(argument).resolve() for argument in sys.argv[1:])
TOOLS = Path(sys.executable).parent
HASH = sha256(next(WHEELS.glob("armguard-*.whl")).read_bytes()).hexdigest()
VERSION = subprocess.check_output([PROGRAM, "--version"], text=True).split()[1]
TARGET = "x86_64-unknown-linux-musl"

CLUSTER = """\
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned' }}
  properties: {{
    dnsPrefix: 'aks'
    agentPoolProfiles: [{{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }}]
    securityProfile: {{ defender: {{ securityMonitoring: {{ enabled: {enabled} }}, logAnalyticsWorkspaceResourceId: logs.id }} }}
  }}
}}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {{
  name: 'logs'
  location: 'westeurope'
}}
"""

# Downloads from a folder; exits as the real one does when there is no such file.
CURL = """\
#!/bin/sh
echo "$*" >> "$FAKE_LOG"
while [ $# -gt 1 ]; do
  if [ "$1" = --output ]; then output=$2; fi
  shift
done
cp "$FAKE_RELEASES/${1#https://github.com/armguard/armguard/releases/download/}" "$output" 2> /dev/null || exit 22
"""

# "Builds" the program that is there already; says in which folder, which decides on the toolchain and the settings.
CARGO = """\
#!/bin/sh
echo "cargo $*" >> "$FAKE_LOG"
echo "cargo in $PWD" >> "$FAKE_LOG"
while [ $# -gt 1 ]; do
  if [ "$1" = --root ]; then root=$2; fi
  shift
done
mkdir -p "$root/bin"
cp "$FAKE_PROGRAM" "$root/bin/armguard"
"""


# Modules that Python finds in the folder in which it is started, before its own.
PYTHON_OF_A_PULL_REQUEST = ["venv.py", "runpy.py", "sitecustomize.py", "pip/__init__.py", "pip/__main__.py", "json.py"]


def fill_in(value, context):
    """`value` with its `${{ … }}` replaced, and with conditional lists where their condition holds."""
    if isinstance(value, list):
        items = []
        for item in value:
            condition = next(iter(item)) if isinstance(item, dict) and len(item) == 1 else ""
            match = re.fullmatch(r"\$\{\{ if eq\((\S+), true\) \}\}", condition)
            if match is None:
                items.append(fill_in(item, context))
            elif context[match[1]] is True:
                items += fill_in(item[condition], context)
        return items
    if isinstance(value, dict):
        return {key: fill_in(item, context) for key, item in value.items()}
    if isinstance(value, str):
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: context[match[1]], value)
    return value


class Server(unittest.TestCase):
    """A build server of no particular kind, with a repository that has a good and a bad template."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.work, self.temporary, self.releases, programs = (
            self.folder / name for name in ("work", "temporary files", "releases", "programs")
        )
        for path in (self.work / ".git", self.temporary, self.releases, programs):
            path.mkdir(parents=True)
        (self.work / "bad.bicep").write_text(CLUSTER.format(enabled="false"))
        (self.work / "good one.bicep").write_text(CLUSTER.format(enabled="true"))
        # What a pull request could add to have it run.
        for name in PYTHON_OF_A_PULL_REQUEST:
            (self.work / name).parent.mkdir(exist_ok=True)
            (self.work / name).write_text("open('pwned', 'w')\n")
        for name, text in (("curl", CURL), ("cargo", CARGO)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.calls = self.folder / "calls"
        self.calls.touch()
        self.path = [str(programs), os.environ["PATH"]]
        self.environment = {
            "FAKE_LOG": self.calls,
            "FAKE_PROGRAM": PROGRAM,
            "FAKE_RELEASES": self.releases,
            "HOME": self.folder,
            "PIP_FIND_LINKS": WHEELS,
            "PIP_NO_INDEX": "1",
        }

    def run_script(self, script, environment=None, shell=("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")):
        """The exit code of `script`, and all that it printed."""
        environment = {"PATH": ":".join(self.path), **self.environment, **(environment or {})}
        ran = subprocess.run(
            [*shell, "-c", script],
            cwd=self.work,
            env={name: str(value) for name, value in environment.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.assertEqual([], list(self.folder.rglob("pwned")), "an input was read as a script")
        return ran.returncode, ran.stdout


class GitHubAction(Server):
    def setUp(self):
        super().setUp()
        self.environment |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": ROOT,
            "GITHUB_OUTPUT": self.folder / "output",
            "GITHUB_STEP_SUMMARY": self.folder / "summary",
            "RUNNER_ARCH": "X64",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": self.temporary,
        }

    def release(self, version=VERSION):
        """Puts a release where `curl` finds it, and returns its archive."""
        folder = self.releases / f"v{version}"
        subprocess.run([ROOT / "packaging/archive.sh", TARGET, PROGRAM, folder], check=True)
        return folder / f"armguard-{TARGET}.tar.gz"

    def run_action(self, **inputs):
        """The exit code of the first step that failed or of the last one, all that was printed, and the outputs."""
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        context = {f"inputs.{name}": given["default"] for name, given in action["inputs"].items()}
        context |= {"inputs." + name.replace("_", "-"): value for name, value in inputs.items()}
        outputs = {f"steps.{step}.outputs.{name}": "" for step in ("install", "lint") for name in ("program", "findings", "sarif")}
        printed = ""
        for step in action["runs"]["steps"]:
            if "uses" in step:
                continue
            self.assertNotIn("${{", step["run"])
            written = Path(self.environment["GITHUB_OUTPUT"])
            written.write_text("")
            code, text = self.run_script(step["run"], fill_in(step["env"], context | outputs))
            printed += text
            for line in written.read_text().splitlines():
                name, value = line.split("=", 1)
                outputs[f"steps.{step['id']}.outputs.{name}"] = value
            if code != 0:
                break
        return code, printed, fill_in({name: output["value"] for name, output in action["outputs"].items()}, outputs)

    def summary(self):
        return Path(self.environment["GITHUB_STEP_SUMMARY"]).read_text()

    def test_one_run_reports_everywhere(self):
        self.release()
        code, printed, outputs = self.run_action()
        self.assertEqual((1, "1"), (code, outputs["findings"]), printed)
        self.assertRegex(printed, r"(?m)^::error file=bad\.bicep,[^\n]*::bad\.bicep:8:67: AKS cluster")
        self.assertIn("Found 1 finding (1 high).", printed)
        self.assertIn("bad.bicep", self.summary())
        self.assertIn('"startLine"', Path(outputs["sarif"]).read_text())
        self.assertNotIn("cargo", self.calls.read_text())

    def test_a_second_run_in_a_job_has_its_own_report(self):
        self.release()
        self.run_action()
        code, printed, outputs = self.run_action(paths="good one.bicep")
        self.assertEqual((0, "0"), (code, outputs["findings"]), printed)
        self.assertNotIn("::error", printed)
        code, printed, outputs = self.run_action(paths="nowhere")
        self.assertEqual((2, "", ""), (code, outputs["findings"], outputs["sarif"]), printed)
        self.assertIn("`nowhere` does not exist", printed)

    def test_inputs_are_arguments(self):
        self.release()
        here = self.work / "here.sarif"
        cases = [
            # inputs, exit code, findings
            ({"paths": "good one.bicep\n\nbad.bicep\n"}, 1, "1"),
            ({"fail_on": "high", "args": "--exit-zero\n\n--show-contexts\n"}, 0, "1"),
            ({"sarif": str(here)}, 1, "1"),
            ({"args": "--select=aks-defender-profile"}, 0, "0"),
            ({"paths": "$(touch pwned)"}, 2, ""),
            ({"paths": "`touch pwned`\n*\n; touch pwned"}, 2, ""),
            ({"paths": "--exit-zero"}, 2, ""),
            ({"args": "--select=x; touch pwned"}, 2, ""),
            ({"fail_on": "low; touch pwned"}, 2, ""),
            ({"sarif": "a\nfindings=0"}, 2, ""),
        ]
        for inputs, expected, findings in cases:
            code, printed, outputs = self.run_action(**inputs)
            self.assertEqual((expected, findings), (code, outputs["findings"]), f"{inputs}\n{printed}")
        self.assertTrue(here.exists())

    def test_checksums(self):
        archive = self.release()
        own = sha256(archive.read_bytes()).hexdigest()
        for checksum, expected in [(own, 0), (own.upper(), 0), ("0" * 64, 1), ("0" * 63, 1), ("x\n::error::y", 1)]:
            code, printed, _ = self.run_action(checksum=checksum, paths="good one.bicep")
            self.assertEqual(expected, code, f"{checksum}\n{printed}")
            self.assertNotIn("::error::y", printed)
        archive.write_bytes(archive.read_bytes() + b"x")
        code, printed, _ = self.run_action(paths="good one.bicep")
        self.assertEqual(1, code)
        self.assertIn("does not have the expected checksum; it was not unpacked.", printed)
        archive.with_name(archive.name + ".sha256").unlink()
        code, printed, _ = self.run_action(paths="good one.bicep")
        self.assertEqual(1, code)
        self.assertIn("has no checksum", printed)
        self.assertNotIn("cargo", self.calls.read_text())

    def test_without_a_release_it_is_built(self):
        for runner in [("Linux", "X64"), ("Linux", "RISCV64")]:
            self.environment["RUNNER_OS"], self.environment["RUNNER_ARCH"] = runner
            code, printed, outputs = self.run_action()
            self.assertEqual((1, "1"), (code, outputs["findings"]), printed)
            self.assertIn("it is built from source", printed)
        self.assertIn(f"cargo install --quiet --locked --path {ROOT} ", self.calls.read_text())
        self.assertIn(f"cargo in {ROOT}\n", self.calls.read_text())
        self.assertNotIn(f"cargo in {self.work}", self.calls.read_text())

    def test_what_the_input_sarif_names_is_not_followed(self):
        self.release()
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "x.sarif").write_text("kept")
        (self.work / "out").symlink_to(outside)
        (self.work / "link.sarif").symlink_to(outside / "x.sarif")
        for sarif in ("out/x.sarif", "link.sarif", str(self.work / "out/x.sarif")):
            code, printed, outputs = self.run_action(sarif=sarif)
            self.assertEqual((2, ""), (code, outputs["sarif"]), printed)
            self.assertEqual("kept", (outside / "x.sarif").read_text(), sarif)

    def test_a_long_summary_is_cut(self):
        program = self.folder / "long"
        # Writes a summary of 100,000 lines, and a report without findings.
        program.write_text("""\
#!/bin/sh
for argument; do
  case $argument in
    --format=markdown=*) yes 'a line of nineteen.' | head -n 100000 > "${argument#--format=markdown=}" ;;
    --format=json=*) echo '{}' > "${argument#--format=json=}" ;;
    --format=github=*) : > "${argument#--format=github=}" ;;
  esac
done
""")
        program.chmod(0o755)
        inputs = {"PROGRAM": program, "PATHS": ".", "FAIL_ON": "low", "ARGS": "", "SARIF": ""}
        code, printed = self.run_script(f"bash {ROOT}/integrations/github/lint.sh", inputs)
        self.assertEqual(0, code, printed)
        lines = self.summary().splitlines()
        self.assertLess(len(self.summary()), 1 << 20)
        self.assertTrue(lines[-1].startswith("This summary is cut"), lines[-1])
        self.assertEqual({"a line of nineteen."}, set(lines[:-2]))

    def test_versions(self):
        self.release("99.0.0")
        cases = [
            # the version, the exit code of the action, what it says
            ("99.0.0", 0, "armguard"),
            ("v99.0.0", 0, "armguard"),
            ("98.0.0", 1, f"the source of this action is that of {VERSION}"),
            ("../99.0.0", 1, "must be a version"),
            ("99.0.0\n::error::y", 1, "must be a version"),
        ]
        for version, expected, says in cases:
            code, printed, _ = self.run_action(version=version, paths="good one.bicep")
            self.assertEqual(expected, code, f"{version}\n{printed}")
            self.assertIn(says, printed)
            self.assertNotIn("::error::y", printed)
        code, printed, _ = self.run_action(checksum="0" * 64)
        self.assertEqual(1, code)
        self.assertIn("a build of the source cannot have the checksum", printed)


class AzurePipelines(Server):
    def setUp(self):
        super().setUp()
        self.environment |= {"AGENT_TEMPDIRECTORY": self.temporary, "TF_BUILD": "True"}

    def steps(self, **parameters):
        template = yaml.safe_load((ROOT / "integrations/azure-pipelines.yml").read_text())
        context = {f"parameters.{given['name']}": given["default"] for given in template["parameters"]}
        context |= {f"parameters.{name}": value for name, value in parameters.items()}
        return fill_in(template["steps"], context)

    def run_steps(self, **parameters):
        """The exit code of the first script that failed or of the last one, and all that was printed."""
        printed, path = "", list(self.path)
        for step in self.steps(**({"hashes": HASH} | parameters)):
            if "bash" not in step:
                continue
            self.assertNotIn("${{", step["bash"])
            code, text = self.run_script(step["bash"], step["env"])
            printed += text
            self.path[:0] = re.findall(r"(?m)^##vso\[task\.prependpath\](.*)$", text)
            if code != 0:
                break
        self.path = path
        return code, printed

    def test_one_run_reports_everywhere(self):
        code, printed = self.run_steps()
        self.assertEqual(1, code, printed)
        self.assertRegex(printed, r"(?m)^##vso\[task\.logissue type=error;sourcepath=bad\.bicep;")
        summary = re.search(r"(?m)^##vso\[task\.uploadsummary\](.*)$", printed)
        self.assertIn("bad.bicep", Path(summary[1]).read_text())
        self.assertIn('"startLine"', (self.temporary / "armguard/sarif/armguard.sarif").read_text())
        self.assertIn("<testsuite", (self.temporary / "armguard/junit.xml").read_text())

    def test_parameters_are_arguments(self):
        cases = [
            ({"paths": "good one.bicep\n"}, 0),
            ({"args": "--exit-zero"}, 0),
            ({"paths": "good one.bicep\nbad.bicep"}, 1),
            ({"paths": "$(touch pwned)\n; touch pwned"}, 2),
            ({"args": "`touch pwned`"}, 2),
            ({"version": "0.0.0"}, 1),
            ({"version": "0.0.0; touch pwned"}, 1),
            ({"version": "0.0.0 --no-index"}, 1),
            ({"paths": "good one.bicep", "hashes": f"{'0' * 64}\n{HASH}\n"}, 0),
            ({"paths": "good one.bicep", "hashes": ""}, 1),
            ({"paths": "good one.bicep", "hashes": "0" * 64}, 1),
            ({"paths": "good one.bicep", "hashes": f"{HASH} --trusted-host=x"}, 1),
        ]
        for parameters, expected in cases:
            code, printed = self.run_steps(**parameters)
            self.assertEqual(expected, code, f"{parameters}\n{printed}")
        self.assertRegex(printed, "must be SHA-256 hashes")

    def test_a_program_that_is_there_already(self):
        (self.folder / "programs/armguard").symlink_to(PROGRAM)
        code, printed = self.run_steps(version="")
        self.assertEqual(1, code, printed)
        self.assertFalse((self.temporary / "armguard/python").exists())

    def test_the_form_is_right(self):
        switches = ("publishSarif", "publishTests", "advancedSecurity")
        for on in (True, False):
            steps = self.steps(**dict.fromkeys(switches, on))
            self.assertEqual(5 if on else 2, len(steps))
            for step in steps[2:]:
                self.assertEqual("succeededOrFailed()", step["condition"])
            pipeline = self.folder / "pipeline.yml"
            # The schema does not know the task of the extension.
            known = [step for step in steps if step.get("task") != "AdvancedSecurity-Publish@1"]
            pipeline.write_text(yaml.safe_dump({"steps": known}))
            validate = ["check-jsonschema", "--quiet", "--builtin-schema", "vendor.azure-pipelines", pipeline]
            subprocess.run([TOOLS / validate[0], *validate[1:]], check=True)


class Terminal(Server):
    """Runs the program where standard output and standard error are a terminal."""

    def run_on_terminal(self, *arguments, **environment):
        """The exit code, and all that the terminal got."""
        ours, its = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **environment}
        ran = subprocess.Popen(
            [PROGRAM, "lint", *arguments], cwd=self.work, env=environment, stdin=subprocess.DEVNULL, stdout=its, stderr=its
        )
        os.close(its)
        printed = b""
        while True:
            try:
                more = os.read(ours, 1 << 16)
            except OSError:  # What Linux says when the other end is closed.
                break
            if not more:
                break
            printed += more
        os.close(ours)
        return ran.wait(), printed.decode()

    def test_colours(self):
        cases = [
            # the environment, whether there are colours
            ({}, True),
            ({"NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, True),
            ({"CLICOLOR": "0"}, False),
            ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True),
            ({"TERM": "dumb"}, False),
        ]
        for environment, expected in cases:
            code, printed = self.run_on_terminal("bad.bicep", **environment)
            self.assertEqual((1, expected), (code, "\x1b[" in printed), f"{environment}\n{printed}")
            self.assertNotIn("Checking templates", printed, "the run was short")

    def test_a_long_run_has_a_line(self):
        many = self.work / "many"
        many.mkdir()
        for number in range(40_000):
            (many / f"{number}.bicep").write_text(CLUSTER.format(enabled="true"))
        for environment, expected in [({}, True), ({"TERM": "dumb"}, False)]:
            code, printed = self.run_on_terminal("many", **environment)
            self.assertEqual((0, expected), (code, "\rChecking templates, 1 s" in printed), printed[-1000:])
            if expected:
                self.assertRegex(printed, r"\r +\rChecked 40000 templates", "the line was not wiped")


class GitLab(Server):
    def run_job(self, shell, **variables):
        """Runs the job in a new Python environment, as in the job's image."""
        job = yaml.safe_load((ROOT / "integrations/gitlab-ci.yml").read_text())["armguard"]
        variables = {f"ARMGUARD_{name}": value for name, value in ({"HASHES": HASH} | variables).items()}
        return self.run_script("\n".join(job["script"]), variables, shell)

    def test_jobs(self):
        python = self.folder / "python"
        subprocess.run([sys.executable, "-m", "venv", python], check=True)
        self.path.insert(0, str(python / "bin"))
        cases = [
            ({}, 1),
            ({"PATHS": "good one.bicep\nbad.bicep\n", "FAIL_ON": "high"}, 1),
            ({"PATHS": "good one.bicep"}, 0),
            ({"ARGS": "--exit-zero\n--show-undetermined"}, 0),
            ({"PATHS": "$(touch pwned)\n; touch pwned\n`touch pwned`"}, 2),
            ({"ARGS": "--select=$(touch pwned)"}, 2),
            ({"VERSION": "0.0.0"}, 1),
            ({"PATHS": "good one.bicep", "HASHES": "0" * 64}, 1),
            ({"PATHS": "good one.bicep", "HASHES": f"{'0' * 64} {HASH}"}, 0),
        ]
        for shell in (("sh", "-e"), ("bash", "-e")):
            for variables, expected in cases:
                code, printed = self.run_job(shell, **variables)
                self.assertEqual(expected, code, f"{variables}\n{printed}")
            code, printed = self.run_job(shell, HASHES="")
            self.assertNotEqual(0, code, printed)
            self.assertIn("ARMGUARD_HASHES: names the wheels", printed)
            self.run_job(shell)
            self.assertIn('"path": "bad.bicep"', (self.work / "gl-code-quality-report.json").read_text())
            for name in ("armguard-junit.xml", "armguard.sarif"):
                (self.work / name).unlink()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
