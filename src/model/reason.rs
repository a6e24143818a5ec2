//! What a place has to do with the value that is explained, and how that is worded.

use super::trace::Flag;
use crate::finding::Label;
use crate::source::{Span, Str};

/// What a place has to do with the value that is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason<'r> {
    /// The rule has a better text for this place.
    ByRule,
    /// The value that is written in the declaration.
    Differs,
    /// An object in which this part of the path is missing.
    Missing(String),
    /// A literal, as written.
    Literal(String),
    /// The default of a parameter, as written.
    DefaultValue(String),
    /// A flag whose default is false.
    OffByDefault,
    /// A flag with another default: its name and the default, as written.
    FlagDefault(Str, Str),
    /// A flag that is set: its name and its value, as written.
    FlagValue(Str, Str),
    /// The null in the branch that a condition takes, with the rule's label.
    Branch(&'r str),
    /// A condition that leaves out what the rule requires, with the rule's label.
    LeftOut(&'r str),
    /// A condition both of whose branches fail the rule.
    Condition,
    /// The use of the variable or parameter that decides.
    Used,
    /// The use of a variable of this name.
    Variable(Str),
    /// An argument or a name on the way from the declaration to what decides.
    PassedOn,
    /// A call that passes no value to this parameter.
    NotPassed(Str),
    /// A parameter that is null without an argument.
    NullUnlessPassed,
    /// A parameter of this name, which the command line sets.
    SetByOption(Str),
    /// An output on the way.
    Output,
    /// A call through which the resource is deployed.
    DeployedFrom,
    /// The call of a module that was not read: its name, and the default that is known of it.
    KnownModule { module: String, default: Option<String> },
    /// The same, in a module with this name.
    Inside(Box<Self>, String),
}

impl Reason<'_> {
    /// The value of a flag on which a condition depends.
    pub(super) fn of_flag(flag: &Flag) -> Self {
        match (flag.default, &*flag.text) {
            (true, "false") => Self::OffByDefault,
            (true, text) => Self::FlagDefault(flag.name.clone(), text.into()),
            (false, text) => Self::FlagValue(flag.name.clone(), text.into()),
        }
    }

    /// The default of a parameter, when this is one. The text does not point to a place.
    pub(super) fn default_text(&self) -> Option<String> {
        match self {
            Self::DefaultValue(text) => Some(format!("default is `{text}`")),
            Self::OffByDefault => Some("off by default".into()),
            Self::FlagDefault(name, text) => Some(format!("`{name}` is `{text}` by default")),
            _ => None,
        }
    }

    /// The text of the label; empty where the rule has a better one.
    pub(super) fn text(&self) -> String {
        match self {
            Self::ByRule => String::new(),
            Self::Differs => "differs".into(),
            Self::Missing(path) => format!("no `{path}` in here"),
            Self::Literal(text) => format!("`{text}` here"),
            Self::DefaultValue(_) => format!("{} here", self.default_text().unwrap_or_default()),
            Self::OffByDefault | Self::FlagDefault(..) => self.default_text().unwrap_or_default(),
            Self::FlagValue(name, text) => format!("`{name}` is `{text}` here"),
            Self::Branch(labels) | Self::LeftOut(labels) => (*labels).into(),
            Self::Condition => "this condition decides".into(),
            Self::Used => "used here".into(),
            Self::Variable(name) => format!("this comes from `{name}`"),
            Self::PassedOn => "passed on here".into(),
            Self::NotPassed(name) => format!("`{name}` is not passed"),
            Self::NullUnlessPassed => "null unless a value is passed".into(),
            Self::SetByOption(name) => format!("`--param` sets `{name}`"),
            Self::Output => "output declared here".into(),
            Self::DeployedFrom => "deployed from here".into(),
            Self::KnownModule { module, default } => {
                let default = default.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
                format!("known of {module}, which was not read{default}")
            }
            Self::Inside(reason, module) => format!("{} in {module}", reason.text()),
        }
    }
}

/// A place, and what it has to do with the value that is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReasonAt<'r> {
    pub(super) span: Span,
    pub(super) reason: Reason<'r>,
}

impl<'r> ReasonAt<'r> {
    pub(super) const fn new(span: Span, reason: Reason<'r>) -> Self {
        Self { span, reason }
    }
}

impl From<ReasonAt<'_>> for Label {
    fn from(at: ReasonAt<'_>) -> Self {
        Self { span: at.span, text: at.reason.text() }
    }
}
