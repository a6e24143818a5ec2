//! What kinds of projects are generated.

/// What the generator may make, and how often. Percentages are of the places where the thing could stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knobs {
    /// How deep a value is hidden behind variables, parameters, conditions and functions.
    pub depth: u32,
    /// Percentage of values that are hidden behind something, and not written plainly.
    pub disguise: u8,
    /// Percentage of parameters without a default for which nothing gives a value.
    pub unknown: u8,
    /// Most modules of a project.
    pub modules: usize,
    /// Most resources of a template, clusters included.
    pub resources: usize,
    /// Percentage of resources, module calls and values that are loops.
    pub loops: u8,
    /// Percentage of resources and module calls with a condition.
    pub conditions: u8,
    /// Most parameter files.
    pub parameter_files: usize,
    /// Percentage of resources with an ignore, and of projects with a configuration.
    pub ignores: u8,
    /// Percentage of parameters that are nullable, secure, limited to some values, or of an object type.
    pub types: u8,
    /// Percentage of resources that refer to themselves. That is an error of the program, so it is off.
    pub self_references: u8,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            depth: 4,
            disguise: 45,
            unknown: 20,
            modules: 2,
            resources: 4,
            loops: 20,
            conditions: 25,
            parameter_files: 2,
            ignores: 15,
            types: 25,
            self_references: 0,
        }
    }
}
