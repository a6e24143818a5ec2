//! The counts of a report.

use std::collections::BTreeMap;

use super::Merger;
use crate::finding::Summary;
use crate::lint::plan::{Plan, ReportScope};
use crate::lint::run::Ran;
use crate::project::{Content, Project};
use crate::source::{FileId, IdSet, ProblemCode};

impl Merger<'_> {
    /// The counts, over what is shown.
    pub(super) fn summary(&self, ran: &Ran) -> Summary {
        let Plan { project, scope, selection, .. } = self.plan;
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let mut skip = |reason: &str, count: usize| {
            if count > 0 {
                *skipped.entry(reason.to_owned()).or_default() += count;
            }
        };
        let not_read = project.problems.iter().filter(|problem| problem.code == ProblemCode::ModuleNotRead);
        let not_read = not_read.filter(|problem| scope.concerns(problem));
        skip("references to modules that are not on this disk", not_read.count());
        for id in project.unused_parameters() {
            let path = project.unit(id).path.display().to_string();
            skip(&format!("parameter file that belongs to no template here: {path}"), 1);
        }
        for (sensor, clusters) in &self.elsewhere {
            let title = sensor.title();
            skip(
                &format!(
                    "Defender profile of an AKS cluster: `[defender] sensor` says that {title} installs the sensor"
                ),
                clusters.count(),
            );
        }
        let (files, templates) = looked_at(project, scope, &ran.deploying);
        let copies = project.units().filter(|(id, unit)| unit.role.is_shown() && project.is_compiled_copy(*id));
        Summary {
            clusters: self.clusters.count(),
            other_resources: self.others.count(),
            not_deployed: self.not_deployed.count(),
            compiled_copies: copies.count().saturating_sub(ran.copies.len()),
            skipped: skipped.into_iter().collect(),
            rules_off: selection.left_out(),
            files,
            templates: templates + ran.copies.len(),
            ..Summary::default()
        }
    }
}

/// How many files and templates were looked at: all that were read; where only some are shown, those, and
/// what was `reached` with them.
fn looked_at(project: &Project, scope: &ReportScope, reached: &IdSet<FileId>) -> (usize, usize) {
    let (mut files, mut templates) = (0, 0);
    for (_, unit) in project.units() {
        let is_reached = match &unit.content {
            Content::Template(template) => reached.contains(&template.file),
            Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
        };
        if scope.is_all() || unit.role.is_shown() || is_reached {
            files += 1;
            templates += usize::from(matches!(unit.content, Content::Template(_)));
        }
    }
    (files, templates)
}
