//! Deployments whose template is a value: `"template": "[variables('inner')]"`.
//!
//! The service evaluates the expression where it stands, and then deploys what comes out like any other
//! nested template: strings in it that look like expressions are.

use std::sync::Arc;

use super::Evaluator;
use super::term::CondId;
use super::value::{ResourceRef, Value};
use crate::source::{ProblemCode, Span};
use crate::template::{DeploymentSource, ExprId, Template, lower_arm_value};

impl Evaluator<'_> {
    /// The template that `expr` makes for `reference`, a deployment; `None` when not all of it is known.
    pub(super) fn computed_template(&self, reference: &ResourceRef, expr: ExprId) -> Option<Arc<Template>> {
        let scope = self.scope_of(reference);
        let at = self.span_of(scope.frame, expr);
        let value = self.template_to_show(at, self.eval(&scope, expr));
        match self.json_text(&value, '"') {
            Some(text) => {
                let template = lower_arm_value(at, &text);
                self.report_within(&template, at);
                Some(Arc::new(template))
            }
            None if matches!(value, Value::Error(_)) || self.deploys_nothing(&value) => None,
            None => {
                self.report_unchecked(&value, at);
                None
            }
        }
    }

    /// Says why the template `value` is not checked. Only what is not known makes a run no worse: what is known but must
    /// not be shown, or is too much to look at, is certainly deployed, and could hide any cluster.
    fn report_unchecked(&self, value: &Value, at: Span) {
        match self.hides_inside(value) {
            Some(true) => {
                let message = "what this template holds must not be shown; what it deploys is not checked";
                self.problem(at, ProblemCode::ReadRefused, message);
            }
            Some(false) => {
                let message =
                    "this template depends on what is not known before deployment; what it deploys is not checked";
                self.problem(at, ProblemCode::ModuleNotRead, message);
            }
            None => {
                let message = "this template is nested too deeply, or too large; what it deploys is not checked";
                self.problem(at, ProblemCode::LimitReached, message);
            }
        }
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
        match self.member(template, "resources") {
            Value::Array(array) => array.items.is_empty() && array.open.is_none(),
            Value::Object(object) => object.members.is_empty() && object.open.is_none(),
            Value::Absent => matches!(template, Value::Object(_)),
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
        self.child(reference).is_some() || self.deploys_nothing(&self.eval(&self.scope_of(reference), template))
    }

    /// Whether the template that `reference` deploys lies where it is not read.
    pub(super) fn is_elsewhere(&self, reference: &ResourceRef) -> bool {
        self.with_declared(reference, |resource| {
            let source = resource.deployment.as_ref().map(|deployment| &deployment.source);
            matches!(source, Some(DeploymentSource::Computed(_) | DeploymentSource::Linked(_)))
        }) && self.child(reference).is_none()
    }
}
