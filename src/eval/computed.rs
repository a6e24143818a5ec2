//! Deployments whose template is a value: `"template": "[variables('inner')]"`.
//!
//! The service evaluates the expression where it stands, and then deploys what comes out like any other
//! nested template: strings in it that look like expressions are.

use std::sync::Arc;

use super::Evaluator;
use super::frame::Holes;
use super::template_text::{NoText, TemplateCase};
use super::term::CondId;
use super::value::{ResourceRef, Value};
use crate::source::{ProblemCode, Span};
use crate::template::{DeploymentSource, ExprId, Template, lower_arm_value};

impl Evaluator<'_> {
    /// The template that `expr` makes for `reference`, a deployment, and what its holes hold; `None` when its structure
    /// is not known.
    pub(super) fn computed_template(&self, reference: &ResourceRef, expr: ExprId) -> Option<(Arc<Template>, Holes)> {
        let scope = self.scope_of(reference);
        let at = self.span_of(scope.frame, expr);
        let value = self.template_to_show(at, self.eval(&scope, expr));
        if matches!(value, Value::Error(_)) || self.deploys_nothing(&value) {
            return None;
        }
        // What stands in a loaded file or a secret must not be shown, as a part of the structure or anywhere else.
        let (mut cases, missing) = match self.hides.get().then(|| self.hides_inside(&value)) {
            None | Some(Some(false)) => self.template_cases(&value),
            Some(Some(true)) => (Vec::new(), Some(NoText::Hidden)),
            Some(None) => (Vec::new(), Some(NoText::TooMuch)),
        };
        let leaves_out = cases.iter().any(|case| case.holes.leaves_out);
        if let Some(missing) = missing.or(leaves_out.then_some(NoText::Unknown)) {
            self.report_unchecked(missing, !cases.is_empty(), at);
        }
        let case = match &cases[..] {
            [] => return None,
            [case] if case.when == CondId::TRUE => cases.pop()?,
            _ => {
                let params = self.with_declared(reference, |resource| resource.deployment.as_ref()?.params);
                let arguments = params.map_or(Value::Absent, |params| self.eval(&scope, params));
                TemplateCase::all(cases, &self.title_of(reference), self, &arguments)
            }
        };
        let mut holes = case.holes;
        holes.leaves_out |= missing.is_some();
        let template = lower_arm_value(at, &case.text);
        self.report_within(&template, at);
        Some((Arc::new(template), holes))
    }

    /// Says why a template that is a value, or only `a_part` of it, is not checked. Only what is not known makes a run no
    /// worse: what is known but must not be shown, or is too much to look at, is certainly deployed, and could hide any
    /// cluster.
    fn report_unchecked(&self, missing: NoText, a_part: bool, at: Span) {
        let (code, reason) = match missing {
            NoText::Hidden => (ProblemCode::ReadRefused, "what this template holds must not be shown"),
            NoText::Unknown => {
                (ProblemCode::ModuleNotRead, "this template depends on what is not known before deployment")
            }
            NoText::TooMuch => (ProblemCode::LimitReached, "this template is nested too deeply, or too large"),
        };
        let which = if a_part { "a part of what it deploys" } else { "what it deploys" };
        self.problem(at, code, format!("{reason}; {which} is not checked"));
    }

    /// A template that was loaded from a file, which is a template of the project, as it is: its text is shown anyway.
    fn template_to_show(&self, at: Span, value: Value) -> Value {
        let loaded = self.loaded_from(&value);
        let text = loaded.and_then(|path| self.project.loaded_template(at.file, &path));
        let shown = text.and_then(|text| self.read_json(text));
        // It may have come from elsewhere by the same words.
        match shown {
            Some(shown) if self.equal(&shown, &value) == CondId::TRUE => shown,
            _ => value,
        }
    }

    /// Says what files say when they are read: what is wrong in a template, and what it links to.
    fn report_within(&self, template: &Template, at: Span) {
        for problem in &template.problems {
            self.problem(at, problem.code, format!("in the template that this makes: {}", problem.message));
        }
        for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
            match &deployment.source {
                DeploymentSource::Reference(..) | DeploymentSource::Linked(_) => {
                    let message = "the template that this makes links to another one, which was not read; \
                                   what that one deploys is not checked";
                    self.problem(at, ProblemCode::ModuleNotRead, message);
                }
                DeploymentSource::Inline(nested) => self.report_within(nested, at),
                DeploymentSource::Outer(_) | DeploymentSource::Computed(_) => {}
            }
        }
    }

    /// Whether `template` has certainly no resources: often such a deployment is just a mark.
    fn deploys_nothing(&self, template: &Value) -> bool {
        let Ok(_level) = self.step() else { return false };
        match self.member(template, "resources") {
            Value::Array(array) => array.items.is_empty() && array.open.is_none(),
            Value::Object(object) => object.members.is_empty() && object.open.is_none(),
            Value::Absent => matches!(template, Value::Object(object) if object.open.is_none()),
            Value::Choice(_) => match template {
                Value::Choice(choice) => self.deploys_nothing(&choice.1) && self.deploys_nothing(&choice.2),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether what `reference`, a deployment of a template that is a value, deploys is among the resources.
    pub fn is_followed(&self, reference: &ResourceRef) -> bool {
        let template = self.with_declared(reference, |resource| match resource.deployment.as_ref()?.source {
            DeploymentSource::Computed(template) => Some(template),
            _ => None,
        });
        let Some(template) = template else { return true };
        match self.child(reference) {
            Some(child) => !self.frame(child).holes.leaves_out,
            None => self.deploys_nothing(&self.eval(&self.scope_of(reference), template)),
        }
    }

    /// Whether the template that `reference` deploys lies where it is not read.
    pub(super) fn is_elsewhere(&self, reference: &ResourceRef) -> bool {
        self.with_declared(reference, |resource| {
            let source = resource.deployment.as_ref().map(|deployment| &deployment.source);
            matches!(source, Some(DeploymentSource::Computed(_) | DeploymentSource::Linked(_)))
        }) && self.child(reference).is_none()
    }
}
