//! Which rules run, and which templates they concern.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Options;
use crate::project::{Project, Resolution};
use crate::rules::{Registry, Rule};
use crate::template::{DeploymentSource, Template};

/// The rules of a run.
pub(super) struct Selection {
    /// All rules, in the groups in which they are answered. A rule that is not selected still answers
    /// for its group.
    pub(super) groups: Vec<Vec<Arc<Rule>>>,
    reported: FxHashSet<Arc<str>>,
}

impl Selection {
    pub(super) fn new(registry: &Registry, options: &Options) -> Self {
        let selected = |rule: &Rule| {
            let chosen = match options.select.is_empty() {
                true => rule.default,
                false => options.select.iter().any(|id| **id == *rule.id),
            };
            chosen && !options.ignore.iter().any(|id| **id == *rule.id)
        };
        let reported: FxHashSet<Arc<str>> =
            registry.rules().iter().filter(|rule| selected(rule)).map(|rule| rule.id.clone()).collect();
        let groups = registry.groups().filter(|group| group.iter().any(|rule| reported.contains(&rule.id)));
        Self { groups: groups.map(<[Arc<Rule>]>::to_vec).collect(), reported }
    }

    /// Whether findings of `rule` are shown.
    pub(super) fn reports(&self, rule: &Rule) -> bool {
        self.reported.contains(&rule.id)
    }

    /// Whether a selected rule judges resources of type `ty`.
    pub(super) fn judges(&self, ty: &str) -> bool {
        self.groups.iter().flatten().any(|rule| rule.judges(ty))
    }

    /// Whether `template` itself declares something that a selected rule judges, or may do so.
    pub(super) fn declares(&self, project: &Project, template: &Template) -> bool {
        template.resources.iter().any(|resource| {
            let own = resource.ty.as_ref().is_none_or(|ty| self.judges(ty));
            own || match resource.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Inline(nested)) => self.declares(project, nested),
                Some(DeploymentSource::Reference(path, _)) => {
                    matches!(project.resolve(template.file, path), Resolution::Known(_))
                }
                Some(DeploymentSource::Computed(_)) => true,
                _ => false,
            }
        })
    }

    /// Whether `template`, or one that it deploys, declares something that a selected rule judges.
    pub(super) fn concerns(&self, project: &Project, template: &Arc<Template>) -> bool {
        self.concerns_unless(project, template, &mut FxHashSet::default())
    }

    fn concerns_unless(&self, project: &Project, template: &Template, seen: &mut FxHashSet<*const Template>) -> bool {
        if !seen.insert(std::ptr::from_ref(template)) {
            return false;
        }
        template.resources.iter().any(|resource| {
            let own = resource.ty.as_ref().is_none_or(|ty| self.judges(ty));
            own || match resource.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Inline(nested)) => self.concerns_unless(project, nested, seen),
                Some(DeploymentSource::Reference(path, _)) => match project.resolve(template.file, path) {
                    Resolution::Template(callee) | Resolution::Known(callee) => {
                        self.concerns_unless(project, &callee, seen)
                    }
                    _ => false,
                },
                // What a value deploys is known only when it is evaluated.
                Some(DeploymentSource::Computed(_)) => true,
                _ => false,
            }
        })
    }
}
