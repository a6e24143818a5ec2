//! A template while it is made.

use crate::entropy::Entropy;
use crate::expr::{Expr, Kind};
use crate::knobs::Knobs;
use crate::program::{Call, Ignore, Loop, Output, Parameter, Resource, Template, Type};

/// The rules that ignores name.
const IGNORED: [&str; 3] = ["aks-defender-profile", "aks-defender-security-monitoring", "aks-defender-workspace"];

/// The parameter of a module that has another value in each call.
const CALLED: &str = "called";

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

/// A template while it is made, and what makes it.
pub(super) struct Builder<'k, 'e, 'b> {
    pub(super) knobs: &'k Knobs,
    pub(super) entropy: &'e mut Entropy<'b>,
    pub(super) template: Template,
    /// The modules that it may call, with their numbers.
    callees: &'k [(usize, &'k Template)],
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

    /// A value of the kind of `goal`, hidden as deep as the knobs set.
    pub(super) fn hidden(&mut self, goal: Expr) -> Expr {
        self.value(goal, self.knobs.depth)
    }

    /// Adds a resource, with a condition, a loop and an ignore where chance has it so. In a loop, `body` and `name` may
    /// refer to its item.
    pub(super) fn resource(
        &mut self,
        (stem, ty, api_version): (&str, &'static str, &'static str),
        body: impl FnOnce(&mut Self, Option<&Loop>) -> Vec<(&'static str, Expr)>,
    ) {
        let symbol = self.name(stem);
        let repeat = self.entropy.chance(self.knobs.loops).then(|| self.repeat());
        let name = self.deployed_name(&symbol, repeat.as_ref());
        let condition = self.condition();
        let body = body(self, repeat.as_ref());
        let ignore = self.entropy.chance(self.knobs.ignores).then(|| self.ignore());
        let resource =
            Resource { symbol, ty, api_version, existing: false, group: None, name, body, condition, repeat, ignore };
        self.template.resources.push(resource);
    }

    /// The name under which something is deployed: another one for each call of a module, and for each item of a loop.
    fn deployed_name(&mut self, symbol: &str, repeat: Option<&Loop>) -> Expr {
        let stem = Expr::str(format!("{symbol}-{}", self.template.name));
        let mut pieces = vec![self.hidden_in_text(stem)];
        pieces.extend(repeat.map(|repeat| {
            let item = Expr::leaf(Kind::Local(repeat.item.clone()));
            Expr::new(Kind::Member { name: "name".into(), safe: false }, vec![item])
        }));
        if self.template.params.iter().any(|param| param.name == CALLED) {
            pieces.push(Expr::leaf(Kind::Param(CALLED.into())));
        }
        Expr::new(Kind::Text, pieces)
    }

    fn condition(&mut self) -> Option<Expr> {
        let is_true = !self.entropy.chance(30);
        self.entropy.chance(self.knobs.conditions).then(|| self.hidden(Expr::bool(is_true)))
    }

    /// A loop over objects with a `name` and a flag `on`.
    fn repeat(&mut self) -> Loop {
        let names = ["a", "b", "c"];
        let count = 1 + self.entropy.below(3);
        let items = names.iter().take(count).map(|name| {
            let on = Expr::bool(self.entropy.chance(60));
            Expr::object([("name", Expr::str(*name)), ("on", on)])
        });
        let items = Expr::array(items.collect());
        let over = self.hidden(items);
        let index = self.entropy.chance(30).then(|| self.name("index"));
        Loop { item: self.name("item"), index, over }
    }

    fn ignore(&mut self) -> Ignore {
        let reason = if self.entropy.chance(70) { "known since May" } else { "" };
        Ignore { rule: self.entropy.pick(&IGNORED), reason }
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
                true => super::value::vary(&param.example, self.entropy),
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

    /// The ids of workspaces that stand for themselves here: of resources, and of what modules give.
    pub(super) fn workspace_ids(&self) -> Vec<Expr> {
        let resources = self.template.resources.iter().filter(|it| is_workspace(it));
        let ids = resources.map(|it| {
            let index = it.repeat.iter().map(|_| Expr::int(0)).collect();
            Expr::new(Kind::Id(it.symbol.clone()), index)
        });
        let given = self.template.calls.iter().filter(|call| call.repeat.is_none());
        let given = given.filter(|call| {
            let callee = self.callees.iter().find(|(number, _)| *number == call.template);
            callee.is_some_and(|(_, callee)| callee.outputs.iter().any(|output| output.name == "workspaceId"))
        });
        let outputs = given.map(|call| Expr::leaf(Kind::Output(call.symbol.clone(), "workspaceId".into())));
        ids.chain(outputs).collect()
    }
}

pub(super) fn is_workspace(resource: &Resource) -> bool {
    resource.ty == super::resources::WORKSPACE
}
