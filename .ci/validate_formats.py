"""Validates reports against schemas: `validate_formats.py <folder of schemas> <folder of reports>`."""

import json
import sys
from pathlib import Path

import jsonschema
import xmlschema


def json_validator(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return lambda report: errors_of(validator(schema), report)


def errors_of(validator, report):
    instance = json.loads(report.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


# What SARIF reports must have between them, so that it is the schema that says that it is right.
MEMBERS = {"baselineState", "codeFlows", "fixes", "kind", "relatedLocations", "suppressions", "toolExecutionNotifications"}


def missing_members(reports):
    found = set()
    for report in reports:
        for run in json.loads(report.read_text(encoding="utf-8"))["runs"]:
            for part in [*run["results"], *run["invocations"]]:
                found |= {name for name, value in part.items() if value}
    return MEMBERS - found


def xml_validator(path):
    schema = xmlschema.XMLSchema(path)

    def errors(report):
        try:
            return [f"{error.path}: {error.reason}" for error in schema.iter_errors(report)]
        except xmlschema.exceptions.XMLResourceParseError as error:
            return [str(error)]

    return errors


def main():
    schemas, reports = map(Path, sys.argv[1:])
    validators = {
        ".sarif": json_validator(schemas / "sarif-2.1.0.json"),
        ".json": json_validator(Path("docs/json.schema.json")),
        ".xml": xml_validator(schemas / "junit-10.xsd"),
    }
    failed = False
    for extension, errors in validators.items():
        found = sorted(reports.glob(f"*{extension}"))
        wrong = 0
        for report in found:
            messages = errors(report)
            wrong += bool(messages)
            for message in messages[:5]:
                print(f"{report}: {message[:500]}")
        print(f"{len(found) - wrong} of {len(found)} {extension} reports are valid")
        failed |= wrong > 0 or not found
    missing = missing_members(reports.glob("*.sarif"))
    if missing:
        print(f"No SARIF report has {', '.join(sorted(missing))}")
    sys.exit(failed or bool(missing))


main()
