//! Where a new parameter is declared in a Bicep file.

use super::patch::Patcher;
use super::{Imported, Name, Statement, StatementKind};
use crate::patch::{NewParam, PatchReason, PatchRefusal, Syntax, Trivia, on_one_line};
use crate::source::{Edit, Style, TextRange};

impl Patcher<'_> {
    /// The edit that declares a parameter: behind the last one, else behind what stands at the top of a file
    /// (`targetScope`, metadata, imports, extensions), else before the first statement and the comments directly above
    /// it. Blank lines keep it apart, unless the parameters there have decorators and none between them.
    ///
    /// # Errors
    /// When its name is taken in the file.
    pub fn declare(&self, param: &NewParam<'_>) -> Result<Edit, PatchRefusal> {
        let top: Vec<_> = self.tree.top().collect();
        let mut names = top.iter().flat_map(|statement| names(statement));
        // Once compiled, parameter names are compared without regard to case.
        if let Some(range) = names.find(|name| name.of(self.text).eq_ignore_ascii_case(param.name)) {
            return Err(PatchRefusal { reason: PatchReason::NameTaken, range });
        }
        let head = top.iter().take_while(|statement| is_head(statement)).count();
        let before = top.iter().rposition(|statement| is_param(statement)).or(head.checked_sub(1));
        Ok(match before {
            Some(at) => declare_behind(self, param, &top, at),
            None => declare_first(self, param, top.first().copied()),
        })
    }
}

/// The names that a statement declares for the file.
fn names(statement: &Statement) -> Vec<Name> {
    match &statement.kind {
        StatementKind::Param { name, .. }
        | StatementKind::Var { name, .. }
        | StatementKind::Type { name, .. }
        | StatementKind::Func { name, .. }
        | StatementKind::Resource { name, .. }
        | StatementKind::Module { name, .. } => vec![*name],
        StatementKind::Import { what: Imported::All(name), .. } => vec![*name],
        StatementKind::Import { what: Imported::Names(items), .. } => {
            items.iter().map(|item| item.alias.unwrap_or(item.original)).collect()
        }
        StatementKind::Extension { alias, .. } => alias.iter().copied().collect(),
        _ => Vec::new(),
    }
}

fn is_param(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::Param { .. })
}

/// Whether it is one of the statements with which a file starts.
fn is_head(statement: &Statement) -> bool {
    use StatementKind as K;
    matches!(statement.kind, K::TargetScope { .. } | K::Metadata { .. } | K::Import { .. } | K::Extension { .. })
}

/// Declares `param` below statement `at` of `top` and the comment on its last line.
fn declare_behind(patcher: &Patcher<'_>, param: &NewParam<'_>, top: &[&Statement], at: usize) -> Edit {
    let end = top[at].range.end;
    let next = top.get(at + 1).map_or(patcher.text.len() as u32, |next| next.range.start);
    let behind = patcher.trivia(TextRange::new(end, next));
    let end_of_line = behind.iter().position(|(kind, _)| *kind == Trivia::Newline).unwrap_or(behind.len());
    let (line, rest) = behind.split_at(end_of_line);
    let place = line.last().map_or(end, |(_, range)| range.end);

    let newline = Style::around(patcher.text, end).newline;
    let blank = if is_dense(patcher, top, at) { "" } else { newline };
    // Below it, one blank line is kept from what stands on the next line.
    let next_line = rest.iter().skip(1).find(|(kind, _)| *kind != Trivia::Blank);
    let is_at_end = rest.is_empty() || next_line.is_none() && at + 1 == top.len();
    let is_apart = is_at_end || matches!(next_line, Some((Trivia::Newline, _)));
    let below = if is_apart { "" } else { blank };
    Edit::insert(place, [newline, blank, &declaration(patcher, param, newline), below].concat())
}

/// Whether the parameter `at` has a decorator and follows another one without a blank line.
fn is_dense(patcher: &Patcher<'_>, top: &[&Statement], at: usize) -> bool {
    let Some(previous) = at.checked_sub(1).and_then(|previous| top.get(previous)) else { return false };
    let between = patcher.trivia(TextRange::new(previous.range.end, top[at].range.start));
    let newlines = between.iter().filter(|(kind, _)| *kind == Trivia::Newline).count();
    is_param(previous) && is_param(top[at]) && !top[at].decorators.is_empty() && newlines == 1
}

/// Declares `param` above the statement `first` and the comments and directives directly above that.
fn declare_first(patcher: &Patcher<'_>, param: &NewParam<'_>, first: Option<&Statement>) -> Edit {
    let mark = if patcher.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() as u32 } else { 0 };
    let end = first.map_or(patcher.text.len() as u32, |first| first.range.start);
    let above = patcher.trivia(TextRange::new(mark, end));
    let mut lines = above.split(|(kind, _)| *kind == Trivia::Newline).rev();
    let mut place = end - lines.next().into_iter().flatten().map(|(_, range)| range.len()).sum::<u32>();
    for line in lines.take_while(|line| line.iter().any(|(kind, _)| *kind != Trivia::Blank)) {
        place = line.first().map_or(place, |(_, range)| range.start);
    }
    let newline = Style::around(patcher.text, end).newline;
    let below = if first.is_some() { newline } else { "" };
    Edit::insert(place, [&declaration(patcher, param, newline), newline, below].concat())
}

fn declaration(patcher: &Patcher<'_>, param: &NewParam<'_>, newline: &str) -> String {
    let mut text = String::from("@description(");
    patcher.write_string(param.description, &mut text);
    text += &format!("){newline}param {} {}", param.name, param.ty);
    if let Some(default) = param.default {
        text += " = ";
        text += &on_one_line(patcher, default);
    }
    text
}
