//! Places as people name them, `path:line:column`, and as other programs want them.

use std::path::{Component, Path};

use crate::finding::FileProblem;
use crate::source::{SourceMap, Span};

use super::words::printable;

/// `path:line:column` of the start of `span`.
pub(super) fn start(sources: &SourceMap, span: Span) -> String {
    at(sources, span, &sources.get(span.file).display_path())
}

/// `path:line:column` of a problem, or its path alone when the file could not be read.
pub(super) fn of_problem(sources: &SourceMap, problem: &FileProblem) -> String {
    match problem.span {
        Some(span) => start(sources, span),
        None => printable(&problem.path).into_owned(),
    }
}

/// Like [`start`], with the path from the root of the repository: for those who read a report elsewhere than where it
/// was made.
pub(super) fn start_in(repository: Repository, sources: &SourceMap, span: Span) -> String {
    at(sources, span, &repository.path(&sources.get(span.file).display_path()))
}

fn at(sources: &SourceMap, span: Span, path: &str) -> String {
    let at = sources.get(span.file).line_column(span.range.start);
    format!("{}:{}:{}", printable(path), at.line, at.column)
}

/// Like [`of_problem`], with the path from the root of the repository.
pub(super) fn of_problem_in(repository: Repository, sources: &SourceMap, problem: &FileProblem) -> String {
    match problem.span {
        Some(span) => start_in(repository, sources, span),
        None => printable(&repository.path(&problem.path)).into_owned(),
    }
}

/// The part of a place that lies in its first line: whoever shows findings in a diff shows only those of which every
/// line was changed. All count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SourceRegion {
    pub(super) line: u32,
    pub(super) start_column: u32,
    /// The column behind its last character.
    pub(super) end_column: u32,
}

impl SourceRegion {
    pub(super) fn of(sources: &SourceMap, span: Span) -> Self {
        let file = sources.get(span.file);
        let (start, end) = (file.line_column(span.range.start), file.line_column(span.range.end));
        let end_column = if end.line == start.line {
            end.column
        } else {
            let line = file.lines().line_range(start.line - 1, file.text());
            let length = file.slice(line).trim_end_matches(['\r', '\n']).len() as u32;
            file.line_column(line.start + length).column
        };
        Self { line: start.line, start_column: start.column, end_column: end_column.max(start.column) }
    }
}

/// Where the run stands in a repository; programs that show findings want paths from its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repository<'a> {
    /// The absolute path of its root, with `/` between the parts; empty when it is not known.
    pub root: &'a str,
    /// The path of the working folder from there; empty when it is the root.
    pub folder: &'a str,
}

impl Repository<'_> {
    /// Whether `path`, as [`Self::path`] gives it, leads out of the repository; where there is none, nothing does.
    pub(super) fn is_left_by(self, path: &str) -> bool {
        let first = path.split('/').next().unwrap_or_default();
        !self.root.is_empty() && (["", ".."].contains(&first) || Path::new(path).is_absolute())
    }

    /// `path`, as it was given or found, from the root of the repository: without `.`, and without `..` as far as that
    /// can be. A path that leads elsewhere stays absolute.
    pub(super) fn path(self, path: &str) -> String {
        let inside = Path::new(path).strip_prefix(self.root).ok().filter(|_| !self.root.is_empty());
        let whole = match inside {
            Some(inside) => inside.to_owned(),
            None => Path::new(self.folder).join(path),
        };
        let mut parts: Vec<String> = Vec::new();
        for component in whole.components() {
            let part = component.as_os_str().to_string_lossy();
            match component {
                Component::CurDir => {}
                Component::ParentDir if parts.last().is_some_and(|last| !["", ".."].contains(&last.as_str())) => {
                    parts.pop();
                }
                // Behind a prefix (`C:`), the root is the slash that joins.
                Component::RootDir => parts.extend(parts.is_empty().then(String::new)),
                Component::ParentDir | Component::Normal(_) | Component::Prefix(_) => parts.push(part.into_owned()),
            }
        }
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{SourceFile, TextRange};

    #[test]
    fn regions_have_one_line() {
        let mut sources = SourceMap::default();
        let file = sources.add(Arc::new(SourceFile::new("x", "ab\r\n\u{1f600}c d\n")));
        let cases =
            [((0, 1), (1, 1, 2)), ((1, 9), (1, 2, 3)), ((4, 9), (2, 1, 3)), ((8, 12), (2, 2, 5)), ((2, 2), (1, 3, 3))];
        for ((start, end), expected) in cases {
            let region = SourceRegion::of(&sources, TextRange::new(start, end).in_file(file));
            assert_eq!((region.line, region.start_column, region.end_column), expected, "{start}..{end}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_in_the_repository() {
        let cases = [
            ("", "", "main.bicep", "main.bicep"),
            ("", "", "./a//b/../main.bicep", "a/main.bicep"),
            ("", "", "../main.bicep", "../main.bicep"),
            ("", "", "/x/main.bicep", "/x/main.bicep"),
            ("/r", "infra", "main.bicep", "infra/main.bicep"),
            ("/r", "infra", "../main.bicep", "main.bicep"),
            ("/r", "infra", "../../main.bicep", "../main.bicep"),
            ("/r", "infra", "/r/x/main.bicep", "x/main.bicep"),
            ("/r", "infra", "/rx/main.bicep", "/rx/main.bicep"),
            ("/r", "", "/../main.bicep", "/../main.bicep"),
        ];
        for (root, folder, path, expected) in cases {
            let repository = Repository { root, folder };
            assert_eq!(repository.path(path), expected, "{path} in {root} at {folder}");
            let leaves = !root.is_empty() && expected.starts_with(['.', '/']);
            assert_eq!(repository.is_left_by(expected), leaves, "{path} in {root} at {folder}");
        }
    }
}
