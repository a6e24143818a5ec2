#!/usr/bin/env bash
# Second step of the action: one run that writes the report into the log, annotations, SARIF and the job summary.
#
# Environment: PROGRAM; PATHS, FAIL_ON, ARGS and SARIF as the action's inputs; what the runner sets. Bash 3.2 must do,
# which macOS has.
set -euo pipefail

folder=$RUNNER_TEMP/armguard
most_of_summary=1000000
sarif=${SARIF:-$folder/armguard.sarif}
if [[ $sarif == *$'\n'* ]]; then
    echo "::error title=armguard::The input sarif must be one path."
    exit 2
fi
mkdir -p "$folder"
# Of an earlier run in the same job. A file that an input names is never removed: a folder on the way to it may be a link
# of the pull request. The program replaces it, or says why not.
rm -f "$folder"/{annotations.txt,summary.md,report.json,armguard.sarif}

arguments=(
    lint --color=always "--fail-on=$FAIL_ON"
    --format=terminal
    "--format=github=$folder/annotations.txt"
    "--format=sarif=$sarif"
    "--format=markdown=$folder/summary.md"
    "--format=json=$folder/report.json"
)

# Adds the lines of a text as arguments; nothing in them is special to the shell.
add_lines() {
    while IFS= read -r line; do
        if [[ -n $line ]]; then arguments+=("$line"); fi
    done <<< "$1"
}
add_lines "$ARGS"
arguments+=(--)
add_lines "$PATHS"

status=0
"$PROGRAM" "${arguments[@]}" || status=$?

# Without it, the run stopped before there was anything to report, and has said why.
if [[ -e $folder/report.json ]]; then
    cat "$folder/annotations.txt"
    # GitHub drops a summary of more than 1 MiB as a whole.
    if [[ $(wc -c < "$folder/summary.md") -le $most_of_summary ]]; then
        cat "$folder/summary.md" >> "$GITHUB_STEP_SUMMARY"
    else
        # The last line may be cut.
        head -c "$most_of_summary" "$folder/summary.md" | sed '$d' >> "$GITHUB_STEP_SUMMARY"
        printf '\nThis summary is cut: GitHub shows no more. The log of the job has the whole report.\n' >> "$GITHUB_STEP_SUMMARY"
    fi
    findings=0
    # The summary has a count for each severity. No text of a template can look like it: a string is one line.
    while read -r count; do
        findings=$((findings + count))
    done < <(sed -n '/^    "findings": {$/,/}/s/.*: \([0-9]*\),*$/\1/p' "$folder/report.json")
    # What could not be written is not sent anywhere: at its place may lie a file of the pull request.
    if [[ $status == 2 ]]; then sarif=; fi
    printf 'findings=%s\nsarif=%s\n' "$findings" "$sarif" >> "$GITHUB_OUTPUT"
fi
exit "$status"
