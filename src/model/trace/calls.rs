//! Over the border of a template: parameters, arguments, parameter files and outputs.

use super::{End, TraceStep, Tracer};
use crate::eval::{FrameInputs, Given, ResourceRef, Scope, Value};
use crate::source::{Span, Str};
use crate::template::{Access, DeploymentSource, ExprId, Link, ParamId};

impl Tracer<'_, '_, '_> {
    pub(super) fn param(&mut self, scope: &Scope, id: ParamId, used: Span, path: &[Str]) -> End {
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        let Some(param) = frame.template.params.get(id.0 as usize) else { return End::Opaque };
        if frame.hole(id).is_some() || self.is_hidden(eval.param(scope.frame, id), path) {
            return self.opaque(used);
        }
        let declared = param.name_range.in_file(frame.template.file);
        let call = match &frame.inputs {
            FrameInputs::Root(given) => {
                if let Some(given) = given.iter().find(|given| self.gives(given, &param.name)) {
                    if eval.project.is_typed(eval.frame(given.scope.frame).template.file) {
                        self.steps.push(TraceStep::Typed { name: param.name.clone(), declared });
                        return End::Opaque;
                    }
                    self.steps.push(TraceStep::File { used });
                    return self.walk(&given.scope, given.expr, path, None);
                }
                None
            }
            FrameInputs::Call { by } => {
                let caller = eval.frame(by.frame);
                let declaration = caller.template.resource(by.resource);
                let deployment = declaration.deployment.as_ref();
                let passed = self.world.settle(eval.argument(by, &param.name)).ok();
                let args = deployment.and_then(|deployment| deployment.params);
                if let (Some(args), false) = (args, matches!(passed, None | Some(Value::Absent | Value::Null))) {
                    self.steps.push(TraceStep::Argument { used });
                    let wrapped = deployment.is_some_and(|deployment| deployment.wrapped);
                    let mut names = vec![param.name.clone()];
                    names.extend(wrapped.then(|| "value".into()));
                    names.extend(path.iter().cloned());
                    return self.walk(&eval.scope_of(by), args, &names, None);
                }
                let key = deployment.and_then(|deployment| deployment.params_key).unwrap_or(declaration.head);
                Some(key.in_file(caller.template.file))
            }
            FrameInputs::File { given, .. } => {
                match given.iter().find(|given| given.name.eq_ignore_ascii_case(&param.name)) {
                    Some(given) => return self.walk(&given.scope, given.expr, path, None),
                    None => None,
                }
            }
            FrameInputs::Import => None,
        };
        let known = param.default.is_some() || param.nullable;
        if known {
            self.steps.push(TraceStep::Default { used, name: param.name.clone(), declared, call });
        }
        match param.default {
            Some(default) => self.walk(&Scope { frame: scope.frame, env: None }, default, path, None),
            None if param.nullable => {
                let by = match &frame.inputs {
                    FrameInputs::Call { by } => Some(by.clone()),
                    _ => None,
                };
                End::NotPassed { name: param.name.clone(), rest: path.to_vec(), by }
            }
            None => End::Opaque,
        }
    }

    fn gives(&self, given: &Given, name: &str) -> bool {
        given.name.eq_ignore_ascii_case(name) && !matches!(self.world.eval.force(&given.value), Value::Null)
    }

    pub(super) fn chain(&mut self, scope: &Scope, base: ExprId, links: &[Link], path: &[Str], at: Span) -> End {
        let eval = self.world.eval;
        let mut names: Vec<Str> = Vec::with_capacity(links.len() + path.len());
        for link in links {
            match &link.access {
                Access::Member(name) => names.push(name.clone()),
                Access::Index(index) => match self.settled(scope, *index) {
                    Some(Value::Str(name)) => names.push(name),
                    Some(Value::Int(index)) => names.push(format!("[{index}]").into()),
                    _ => return self.opaque(at),
                },
                Access::FromEnd(_) | Access::Method { .. } => return self.opaque(at),
            }
        }
        names.extend(path.iter().cloned());
        match eval.eval(scope, base) {
            Value::Resource(of) => {
                self.leave(at);
                let full: Vec<Str> = of.path.iter().cloned().chain(names).collect();
                self.output(&of, &full, at)
            }
            _ => {
                self.leave(at);
                self.walk(scope, base, &names, None)
            }
        }
    }

    /// `outputs.x` of a module, or `properties.outputs.x.value` of an ARM deployment.
    fn output(&mut self, of: &ResourceRef, path: &[Str], used: Span) -> End {
        let eval = self.world.eval;
        let is = |at: usize, name: &str| path.get(at).is_some_and(|known| known.eq_ignore_ascii_case(name));
        let from_arm = is(0, "properties");
        let first = usize::from(from_arm);
        let (true, Some(name)) = (is(first, "outputs"), path.get(first + 1)) else { return self.opaque(used) };
        let rest = &path[(first + 2 + usize::from(from_arm)).min(path.len())..];
        let outer = eval.with_declared(of, |declared| {
            match declared.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Outer(outputs)) => {
                    outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name)).cloned()
                }
                _ => None,
            }
        });
        let (scope, output) = match (outer, eval.child(of)) {
            (Some(output), _) => (eval.scope_of(of), output),
            (None, Some(child)) => match eval.frame(child).template.output(name) {
                Some(output) => (Scope { frame: child, env: None }, output.clone()),
                None => return End::Opaque,
            },
            (None, None) => return End::Opaque,
        };
        let declared = output.name_range.in_file(eval.frame(scope.frame).template.file);
        self.steps.push(TraceStep::Output { used, declared });
        if output.secure || self.is_hidden(eval.output_value(&scope, &output), rest) {
            return End::Opaque;
        }
        self.walk(&scope, output.value, rest, None)
    }

    /// Whether what is at `path` of `value` must not be shown, or whether that is not known.
    fn is_hidden(&self, mut value: Value, path: &[Str]) -> bool {
        let eval = self.world.eval;
        for name in path {
            let Ok(settled) = self.world.settle(value) else { return false };
            value = match super::index_of(std::slice::from_ref(name)) {
                Some(index) => eval.item(&settled, &Value::Int(index as i64)),
                None => eval.member(&settled, name),
            };
        }
        self.world.settle(value).is_ok_and(|value| eval.is_hidden(&value))
    }
}
