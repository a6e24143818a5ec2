//! What went wrong while reading a file: the engine's own diagnostics, each with an id of its own.

use super::TextRange;

/// Kind of a [`Problem`]. Its id can be selected, ignored and baselined like a rule's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemCode {
    /// The text does not follow the grammar of its language.
    SyntaxError,
    /// Brackets, expressions or types are nested deeper than the parser follows.
    NestingTooDeep,
    /// A file could not be read, or is too large, or is not UTF-8.
    UnreadableFile,
    /// A file of the project names one that may not be read: outside the root, in `.git`, not tracked, no regular file.
    /// Or a deployment takes what must not be shown as its template.
    ReadRefused,
    /// A module, parameter file or import refers to a local file that does not exist.
    ModuleNotFound,
    /// A module lies outside the project (a registry, a template spec) and could not be read.
    ModuleNotRead,
    /// A module calls itself, directly or through others.
    ModuleCycle,
    /// Evaluation stopped at a limit; what depends on it is unknown.
    LimitReached,
    /// An expression is certainly wrong (a name that is not declared, an argument of the wrong type).
    EvaluationError,
    /// The configuration is wrong, or names what is not there.
    Configuration,
    /// A value is given for a parameter that no template here declares.
    UnknownParameter,
    /// An ignore hides nothing.
    UnusedIgnore,
    /// An ignore names a rule that does not exist.
    UnknownIgnore,
    /// An ignore cannot be read, or the project's configuration does not allow it.
    InvalidIgnore,
    /// The baseline has something that is no longer found.
    FixedInBaseline,
    /// A file has more problems than are listed.
    MoreProblems,
    /// The run ended before everything was checked.
    IncompleteRun,
    /// No template was checked although there are some.
    NothingChecked,
    /// A compiled template deploys something else than the Bicep file beside it, so both were checked.
    CompiledCopyDiffers,
    /// armguard itself failed; please report it.
    InternalError,
}

impl ProblemCode {
    /// All kinds.
    pub const ALL: [Self; 20] = [
        Self::SyntaxError,
        Self::NestingTooDeep,
        Self::UnreadableFile,
        Self::ReadRefused,
        Self::ModuleNotFound,
        Self::ModuleNotRead,
        Self::ModuleCycle,
        Self::LimitReached,
        Self::EvaluationError,
        Self::Configuration,
        Self::UnknownParameter,
        Self::UnusedIgnore,
        Self::UnknownIgnore,
        Self::InvalidIgnore,
        Self::FixedInBaseline,
        Self::MoreProblems,
        Self::IncompleteRun,
        Self::NothingChecked,
        Self::CompiledCopyDiffers,
        Self::InternalError,
    ];

    /// The id as shown and selected.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SyntaxError => "syntax-error",
            Self::NestingTooDeep => "nesting-too-deep",
            Self::UnreadableFile => "unreadable-file",
            Self::ReadRefused => "read-refused",
            Self::ModuleNotFound => "module-not-found",
            Self::ModuleNotRead => "module-not-read",
            Self::ModuleCycle => "module-cycle",
            Self::LimitReached => "limit-reached",
            Self::EvaluationError => "evaluation-error",
            Self::Configuration => "configuration",
            Self::UnknownParameter => "unknown-parameter",
            Self::UnusedIgnore => "unused-ignore",
            Self::UnknownIgnore => "unknown-ignore",
            Self::InvalidIgnore => "invalid-ignore",
            Self::FixedInBaseline => "fixed-in-baseline",
            Self::MoreProblems => "more-problems",
            Self::IncompleteRun => "incomplete-run",
            Self::NothingChecked => "nothing-checked",
            Self::CompiledCopyDiffers => "compiled-copy-differs",
            Self::InternalError => "internal-error",
        }
    }

    /// The kind with this id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.id() == id)
    }

    /// Whether it concerns a file that is written or read as it is, so that an ignore or a baseline may hide it.
    /// Problems of ignores, of the command line or of armguard itself cannot be hidden so.
    pub const fn can_be_ignored(self) -> bool {
        match self {
            Self::SyntaxError
            | Self::NestingTooDeep
            | Self::UnreadableFile
            | Self::ReadRefused
            | Self::ModuleNotFound
            | Self::ModuleNotRead
            | Self::ModuleCycle
            | Self::LimitReached
            | Self::EvaluationError
            | Self::MoreProblems => true,
            Self::Configuration
            | Self::UnknownParameter
            | Self::UnusedIgnore
            | Self::UnknownIgnore
            | Self::InvalidIgnore
            | Self::FixedInBaseline
            | Self::IncompleteRun
            | Self::NothingChecked
            | Self::CompiledCopyDiffers
            | Self::InternalError => false,
        }
    }
}

/// Something wrong at a place of one file, described in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: ProblemCode,
    /// Where; empty at 0 when it concerns the whole file.
    pub range: TextRange,
    /// What, in one line without a full stop at the end.
    pub message: String,
}

impl Problem {
    /// A syntax error at `range`.
    pub fn syntax(range: TextRange, message: impl Into<String>) -> Self {
        Self { code: ProblemCode::SyntaxError, range, message: message.into() }
    }

    /// That there are `number` more problems from `range` on.
    pub fn more(range: TextRange, number: usize) -> Self {
        let rest = if number == 1 { "problem in this file, which is" } else { "problems in this file, which are" };
        let message = format!("and {} more {rest} not listed", grouped(number));
        Self { code: ProblemCode::MoreProblems, range, message }
    }
}

/// Problems of one file that are listed; of the others there is a count.
pub const MOST_PROBLEMS: usize = 100;

/// The problems of one file as they are met: the first [`MOST_PROBLEMS`], and how many there were beside them. A text
/// can have a problem in every byte, each many times its size.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    /// How many more there were, and where the first of them stands.
    more: usize,
    next: Option<TextRange>,
}

/// How far a [`Problems`] had come.
#[derive(Debug, Clone, Copy)]
pub struct ProblemMark {
    kept: usize,
    more: usize,
    next: Option<TextRange>,
}

impl Problems {
    /// Adds a problem, or counts it.
    pub fn push(&mut self, problem: Problem) {
        if self.kept.len() < MOST_PROBLEMS {
            self.kept.push(problem);
        } else {
            self.more += 1;
            self.next.get_or_insert(problem.range);
        }
    }

    /// How many problems there were.
    pub const fn len(&self) -> usize {
        self.kept.len() + self.more
    }

    /// Whether there was none.
    pub const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How far it has come, for [`Self::rewind`].
    pub const fn mark(&self) -> ProblemMark {
        ProblemMark { kept: self.kept.len(), more: self.more, next: self.next }
    }

    /// Forgets what was added since `mark`.
    pub fn rewind(&mut self, mark: ProblemMark) {
        self.kept.truncate(mark.kept);
        (self.more, self.next) = (mark.more, mark.next);
    }

    /// Orders what is kept by its place.
    pub fn sort(&mut self) {
        self.kept.sort_by_key(|problem| problem.range);
    }

    /// Adds those of `other`, and its count. [`Self::finish`] keeps the first ones in the order that they have then.
    pub fn append(&mut self, mut other: Self) {
        self.kept.append(&mut other.kept);
        self.more += other.more;
        self.next = self.next.or(other.next);
    }

    /// Adds those of `other` behind its own, and its count.
    pub fn absorb(&mut self, other: Self) {
        self.extend(other.kept);
        self.more += other.more;
        self.next = self.next.or(other.next);
    }

    /// The last that was kept.
    pub fn last(&self) -> Option<&Problem> {
        self.kept.last()
    }

    /// Those that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.kept.iter()
    }

    /// Leaves out those for which the one before has the same key, once they are sorted by it.
    pub fn dedup_by_key<K: PartialEq>(&mut self, mut key: impl FnMut(&Problem) -> K) {
        self.kept.dedup_by_key(|problem| key(problem));
    }

    /// What was kept; behind it, when there were more, a problem with their number.
    pub fn finish(mut self) -> Vec<Problem> {
        let over = self.kept.split_off(self.kept.len().min(MOST_PROBLEMS));
        self.more += over.len();
        self.next = over.first().map(|problem| problem.range).or(self.next);
        if let Some(range) = self.next.filter(|_| self.more > 0) {
            self.kept.push(Problem::more(range, self.more));
        }
        self.kept
    }
}

impl<'p> IntoIterator for &'p Problems {
    type Item = &'p Problem;
    type IntoIter = std::slice::Iter<'p, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<T: IntoIterator<Item = Problem>>(problems: T) -> Self {
        let mut all = Self::default();
        all.extend(problems);
        all
    }
}

/// `2999900` as `2,999,900`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(at: u32) -> Problem {
        Problem::syntax(TextRange::new(at, at + 1), "wrong")
    }

    #[test]
    fn lists_some_and_counts_the_others() {
        for (number, last) in [
            (99, None),
            (100, None),
            (101, Some("and 1 more problem in this file, which is not listed")),
            (1_234_667, Some("and 1,234,567 more problems in this file, which are not listed")),
        ] {
            let problems: Problems = (0..number).map(problem).collect();
            assert_eq!(problems.len(), number as usize);
            let listed = problems.finish();
            assert_eq!(listed.len(), (number as usize).min(MOST_PROBLEMS) + usize::from(last.is_some()));
            let message =
                listed.last().filter(|last| last.code == ProblemCode::MoreProblems).map(|last| &*last.message);
            assert_eq!(message, last);
        }
    }

    #[test]
    fn forgets_what_came_after_a_mark() {
        for before in [5, 150] {
            let mut problems: Problems = (0..before).map(problem).collect();
            let mark = problems.mark();
            problems.extend((before..before + 200).map(problem));
            problems.rewind(mark);
            assert_eq!(problems.len(), before as usize);
        }
    }
}
