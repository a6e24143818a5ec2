//! What the Bicep compiler made of files of the project.

use std::sync::Arc;

use super::{Content, Project, Unit, UnitId};
use crate::json::{self, Document};
use crate::template::{Template, lower_arm, may_deploy};

impl Project {
    /// The templates that have a compiled template of the same name beside them, each with the two units.
    pub fn compiled_pairs(&self) -> impl Iterator<Item = (&Arc<Template>, [&Unit; 2])> {
        self.compiled_ids().map(|(template, units)| (template, units.map(|id| self.unit(id))))
    }

    /// The same, with the identities of the two units.
    pub fn compiled_ids(&self) -> impl Iterator<Item = (&Arc<Template>, [UnitId; 2])> {
        self.units().filter_map(|(id, unit)| {
            let Content::Template(template) = &unit.content else { return None };
            let is_source = unit.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
            let compiled = self.unit_at(&unit.path.with_extension("json")).filter(|_| is_source)?;
            let is_compiled = match &self.unit(compiled).content {
                Content::CompiledCopy => true,
                Content::Template(made) => made.compiled,
                Content::Parameters(_) | Content::Other => false,
            };
            is_compiled.then_some((template, [id, compiled]))
        })
    }

    /// The template in a compiled copy, which is otherwise not looked into.
    pub fn look_into(&self, copy: &Unit) -> Option<Arc<Template>> {
        self.look_into_if(copy, |_| true)
    }

    /// The same, but `None` when it certainly deploys nothing whose type `is_wanted`.
    pub fn look_for(&self, copy: &Unit, is_wanted: &dyn Fn(&str) -> bool) -> Option<Arc<Template>> {
        self.look_into_if(copy, |document| may_deploy(document, is_wanted))
    }

    fn look_into_if(&self, copy: &Unit, is_worth: impl Fn(&Document<'_>) -> bool) -> Option<Arc<Template>> {
        match &copy.content {
            Content::Template(template) => Some(Arc::clone(template)),
            _ => {
                let file = self.sources.find(&copy.path)?;
                let document = json::parse(self.sources.get(file).text());
                is_worth(&document).then(|| Arc::new(lower_arm(file, &document)))
            }
        }
    }
}
