//! A whole template: its parameters, the modules that it calls, its resources and outputs.

use super::builder::{Builder, CALLED};
use super::resources::is_workspace;
use super::value::vary;
use crate::expr::{Expr, Kind};
use crate::program::{Call, Output, Parameter, Template, Type};

fn called() -> Parameter {
    Parameter {
        name: CALLED.into(),
        ty: Type::Str,
        default: None,
        example: Expr::str("a"),
        allowed: Vec::new(),
        secure: false,
        nullable: false,
        shaped: false,
    }
}

impl Builder<'_, '_, '_> {
    /// The whole template.
    pub(super) fn template(mut self) -> Template {
        // Without it, several calls deploy the same resources.
        if self.template.name != "main" && self.entropy.chance(75) {
            self.template.params.push(called());
        }
        // Modules come first: what they give is used by the resources.
        for at in 0..self.callees.len() {
            let calls = if self.entropy.chance(75) { 1 + self.entropy.below(2) } else { 0 };
            (0..calls).for_each(|_| self.call(at));
        }
        let only_workspace = self.template.name != "main" && self.entropy.chance(25);
        // A cluster names a workspace that is there before it.
        if self.entropy.chance(60) {
            self.workspace();
        }
        for at in 0..=self.entropy.below(self.knobs.resources) {
            match self.entropy.below(4) {
                _ if at == 0 && only_workspace => self.workspace(),
                _ if at == 0 => self.cluster(),
                1 | 2 => self.workspace(),
                3 => self.registry(),
                _ => self.cluster(),
            }
        }
        self.outputs();
        if self.entropy.chance(self.knobs.ignores / 4) {
            self.template.ignore = Some(self.ignore());
        }
        self.template
    }

    /// Whether all that `callee` deploys has other names in each call. Rounds of a loop that deploy the same are one
    /// in Bicep, and several in ARM, which has a name for each round.
    fn deploys_apart(&self, callee: &Template) -> bool {
        let called = |call: &Call| self.callees.iter().find(|(number, _)| *number == call.template);
        let own = callee.params.iter().any(|param| param.name == CALLED);
        own && callee.calls.iter().all(|call| called(call).is_some_and(|(_, callee)| self.deploys_apart(callee)))
    }

    fn call(&mut self, at: usize) {
        let Some((number, callee)) = self.callees.get(at).copied() else { return };
        let symbol = self.name("call");
        let is_looped = self.entropy.chance(self.knobs.loops / 2) && self.deploys_apart(callee);
        let repeat = is_looped.then(|| self.repeat());
        let name = self.deployed_name(&symbol, repeat.as_ref());
        let condition = self.condition();
        let mut args = Vec::new();
        for param in &callee.params {
            if param.name == CALLED {
                args.push((CALLED.to_owned(), name.clone()));
                continue;
            }
            let required = param.default.is_none() && !param.nullable;
            if !(required || self.entropy.chance(50)) {
                continue;
            }
            let value = match param.allowed.is_empty() {
                true => vary(&param.example, self.entropy),
                false => param.example.clone(),
            };
            args.push((param.name.clone(), self.hidden(value)));
        }
        self.template.calls.push(Call { symbol, template: number, name, args, condition, repeat });
    }

    fn outputs(&mut self) {
        let mut workspaces = self.template.resources.iter().filter(|it| is_workspace(it) && it.repeat.is_none());
        if let Some(workspace) = workspaces.next_back() {
            let value = Expr::leaf(Kind::Id(workspace.symbol.clone()));
            self.template.outputs.push(Output { name: "workspaceId".into(), ty: Type::Str, value });
        }
        let flag = Expr::bool(self.entropy.chance(50));
        let value = self.hidden(flag);
        self.template.outputs.push(Output { name: "flag".into(), ty: Type::Bool, value });
    }
}
