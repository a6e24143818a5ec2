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
    /// armguard itself failed; please report it.
    InternalError,
}

impl ProblemCode {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::SyntaxError,
        Self::NestingTooDeep,
        Self::UnreadableFile,
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
        Self::InternalError,
    ];

    /// The id as shown and selected.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SyntaxError => "syntax-error",
            Self::NestingTooDeep => "nesting-too-deep",
            Self::UnreadableFile => "unreadable-file",
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
            Self::InternalError => "internal-error",
        }
    }

    /// The kind with this id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.id() == id)
    }

    /// Whether it tells of a file that is written or read as it is, so that an ignore or a baseline may hide it. What tells
    /// of ignores, of the command line or of armguard itself cannot be hidden so.
    pub const fn can_be_ignored(self) -> bool {
        match self {
            Self::SyntaxError
            | Self::NestingTooDeep
            | Self::UnreadableFile
            | Self::ModuleNotFound
            | Self::ModuleNotRead
            | Self::ModuleCycle
            | Self::LimitReached
            | Self::EvaluationError => true,
            Self::Configuration
            | Self::UnknownParameter
            | Self::UnusedIgnore
            | Self::UnknownIgnore
            | Self::InvalidIgnore
            | Self::FixedInBaseline
            | Self::InternalError => false,
        }
    }
}

/// Something wrong at a place of one file, said in one line.
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
}
