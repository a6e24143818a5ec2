//! Ways to write the same thing differently.

/// What is written differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// More spaces between tokens.
    Whitespace,
    /// Comments between tokens.
    Comments,
    /// CR LF in the place of LF, or the other way round.
    LineEnds,
    /// Declarations in another order.
    Reorder,
    /// Other names for what is declared.
    Rename,
    /// Another case of property names, and of resource types in ARM.
    PropertyCase,
    /// Symbolic names for the resources of an ARM template.
    Symbolic,
    /// An ARM template without symbolic names.
    Classic,
}

impl Relation {
    /// All relations.
    pub(crate) const ALL: [Self; 8] = [
        Self::Whitespace,
        Self::Comments,
        Self::LineEnds,
        Self::Reorder,
        Self::Rename,
        Self::PropertyCase,
        Self::Symbolic,
        Self::Classic,
    ];
}
