//! The order in which a deployment makes a cluster and the workspace of its Defender profile.

use std::rc::Rc;

use rulefile::FAILED;

use super::aks_defender::workspace_of;
use crate::azure::WORKSPACES;
use crate::eval::term::TermId;
use crate::eval::{Instance, Value};
use crate::model::{Lookup, Split};
use crate::rules::answer::{Answer, CheckInput, Miss};
use crate::template::{ExprKind, Resource, ResourceId, Template};

/// A workspace that the same template deploys must exist before the cluster. Dependencies come from `dependsOn`, and
/// from symbolic names and `reference()` in the body. An id alone creates no dependency.
pub(super) fn workspace_dependency(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let eval = input.model.eval;
    let own = &input.instance.resource;
    let (path, found) = workspace_of(input)?;
    let template = &eval.frame(own.frame).template;
    let value = match found {
        Lookup::Value(value @ Value::Id(_)) => value,
        Lookup::Unknown(term) if template.resources.iter().any(is_workspace) => return Ok(Answer::Unknown(vec![term])),
        _ => return Ok(Answer::Yes),
    };
    let Some(workspace) = input.model.declared_instance(&value) else { return Ok(Answer::Yes) };
    if workspace.resource.frame != own.frame || !input.world.is_true(workspace.condition)? {
        return Ok(Answer::Yes);
    }
    // A resource that depends on a nested deployment depends on everything in it, unless it is in that deployment
    // itself.
    let outer = |resource: ResourceId| template.resource(resource).deployed_by;
    let around = outer(workspace.resource.resource).filter(|around| outer(own.resource) != Some(*around));
    let mut unknown = Vec::new();
    let (mut seen, mut pending) = (vec![own.resource], vec![own.resource]);
    while let Some(resource) = pending.pop() {
        if resource == workspace.resource.resource || Some(resource) == around {
            return Ok(Answer::Yes);
        }
        let before = Before { input, template, resource };
        let named = before.by_symbol(&mut unknown).into_iter().chain(before.by_depends_on(&mut unknown)?);
        for next in named {
            if !seen.contains(&next) {
                seen.push(next);
                pending.push(next);
            }
        }
    }
    let mut miss = Miss::new(&path, FAILED);
    miss.places.push((input.model.declared_at(&workspace.resource), "workspace".into()));
    miss.values.push(("value", eval.title_of(&workspace.resource)));
    Ok(if unknown.is_empty() { miss.into() } else { Answer::Unknown(unknown) })
}

fn is_workspace(resource: &Resource) -> bool {
    resource.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(WORKSPACES))
}

/// The dependencies of a resource.
struct Before<'a, 'm, 'e, 'p> {
    input: &'a CheckInput<'m, 'e, 'p>,
    template: &'a Template,
    resource: ResourceId,
}

impl Before<'_, '_, '_, '_> {
    /// The resources whose symbolic names stand in the body, also behind variables, and the deployment around it.
    fn by_symbol(&self, unknown: &mut Vec<TermId>) -> Vec<ResourceId> {
        let mut named = Vec::from_iter(self.template.resource(self.resource).deployed_by);
        let mut variables = Vec::new();
        let mut ranges = vec![self.template.resource(self.resource).range];
        while let Some(range) = ranges.pop() {
            for expr in self.input.model.exprs_in(self.input.instance.resource.frame, range) {
                match &self.template.expr(expr).kind {
                    ExprKind::Resource(id) => named.push(*id),
                    ExprKind::Variable(id) if !variables.contains(id) => {
                        variables.push(*id);
                        let value = self.template.variables.get(id.0 as usize).map(|variable| variable.value);
                        ranges.extend(value.map(|value| self.template.expr(value).range));
                    }
                    kind => {
                        let depends =
                            kind.builtin().filter(|(name, _)| &***name == "reference" || name.starts_with("list"));
                        unknown.extend(
                            depends
                                .map(|(name, _)| self.input.model.eval.outside(&format!("what `{name}()` waits for"))),
                        );
                    }
                }
            }
        }
        named
    }

    /// The resources that `dependsOn` names, by symbolic name, id or name.
    fn by_depends_on(&self, unknown: &mut Vec<TermId>) -> Result<Vec<ResourceId>, Split> {
        let model = self.input.model;
        let frame = self.input.instance.resource.frame;
        let mut named = Vec::new();
        // Of the loop in which the cluster is made, only its own round counts.
        let own = &self.input.instance.resource;
        let is_own = |from: &&Instance| self.resource != own.resource || Rc::ptr_eq(&from.resource, own);
        for from in model.rounds(frame, self.resource).filter(is_own) {
            let scope = model.eval.scope_of(&from.resource);
            for expr in &self.template.resource(self.resource).depends_on {
                let on = self.input.world.settle(model.eval.eval(&scope, *expr))?;
                let known = named.len();
                match &on {
                    Value::Resource(of) => named.push(of.resource),
                    Value::Id(_) => {
                        let of = model.declared_instance(&on).filter(|of| of.resource.frame == frame);
                        named.extend(of.map(|of| of.resource.resource));
                    }
                    _ => {
                        let all = (0..self.template.resources.len()).map(|at| ResourceId(at as u32));
                        let all = all.flat_map(|resource| model.rounds(frame, resource));
                        named.extend(all.filter(|other| self.is(other, &on)).map(|other| other.resource.resource));
                    }
                }
                if named.len() == known {
                    unknown.push(model.eval.reify(&on));
                }
            }
        }
        Ok(named)
    }

    /// Whether an item of `dependsOn`, a text, names `other`.
    fn is(&self, other: &Instance, on: &Value) -> bool {
        let eval = self.input.model.eval;
        let declared = self.template.resource(other.resource.resource);
        let printed = |value: &Value| eval.print(&eval.known(value));
        let (on, name) = (printed(on), printed(&eval.full_name(&other.resource)));
        let is = |text: &str| on.eq_ignore_ascii_case(text);
        is(&name)
            || declared.symbol.as_deref().is_some_and(is)
            || declared.ty.as_deref().is_some_and(|ty| is(&format!("{ty}/{name}")))
    }
}
