//! A template while it is made.

use crate::entropy::Entropy;
use crate::knobs::Knobs;
use crate::program::Template;

/// The parameter of a module that has another value in each call.
pub(super) const CALLED: &str = "called";

/// A template while it is made, and what makes it.
pub(super) struct Builder<'k, 'e, 'b> {
    pub(super) knobs: &'k Knobs,
    pub(super) entropy: &'e mut Entropy<'b>,
    pub(super) template: Template,
    /// The modules that it may call, with their numbers.
    pub(super) callees: &'k [(usize, &'k Template)],
    /// How many names were given.
    names: usize,
}

impl<'k, 'e, 'b> Builder<'k, 'e, 'b> {
    pub(super) fn new(
        knobs: &'k Knobs,
        entropy: &'e mut Entropy<'b>,
        name: String,
        callees: &'k [(usize, &'k Template)],
    ) -> Self {
        let template = Template { name, linked: entropy.chance(30), ..Template::default() };
        Self { knobs, entropy, template, callees, names: 0 }
    }

    /// A name that the template does not have yet.
    pub(super) fn name(&mut self, stem: &str) -> String {
        let name = self.next_name(stem);
        self.names += 1;
        name
    }

    /// What [`Self::name`] gives next.
    pub(super) fn next_name(&self, stem: &str) -> String {
        format!("{stem}{}", self.names + 1)
    }
}
