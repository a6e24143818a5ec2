//! A template that has no text of its own stands where the expression stands that makes it.

use std::sync::Arc;

use super::{Deployment, DeploymentSource, ExprKind, Output, Resource, Template};
use crate::source::TextRange;

impl Template {
    /// Puts everything in the template at `place`.
    pub(super) fn relocate(&mut self, place: TextRange) {
        self.range = place;
        for expr in &mut self.exprs {
            expr.range = place;
            match &mut expr.kind {
                ExprKind::Object { members, .. } => members.iter_mut().for_each(|member| member.key_range = place),
                ExprKind::Chain { links, .. } => links.iter_mut().for_each(|link| link.range = place),
                _ => {}
            }
        }
        self.params.iter_mut().for_each(|param| param.name_range = place);
        self.variables.iter_mut().for_each(|variable| variable.name_range = place);
        self.functions.iter_mut().for_each(|function| function.name_range = place);
        relocate_outputs(&mut self.outputs, place);
        self.resources.iter_mut().for_each(|resource| relocate_resource(resource, place));
        self.problems.iter_mut().for_each(|problem| problem.range = place);
    }
}

fn relocate_outputs(outputs: &mut [Output], place: TextRange) {
    outputs.iter_mut().for_each(|output| output.name_range = place);
}

fn relocate_resource(resource: &mut Resource, place: TextRange) {
    (resource.range, resource.head, resource.ty_range) = (place, place, place);
    let Some(Deployment { source, params_key, .. }) = &mut resource.deployment else { return };
    *params_key = params_key.map(|_| place);
    match source {
        DeploymentSource::Reference(_, range) | DeploymentSource::Linked(range) => *range = place,
        // What was lowered just now is not shared yet.
        DeploymentSource::Inline(nested) => {
            if let Some(nested) = Arc::get_mut(nested) {
                nested.relocate(place);
            }
        }
        DeploymentSource::Outer(outputs) => relocate_outputs(outputs, place),
        DeploymentSource::Computed(_) => {}
    }
}
