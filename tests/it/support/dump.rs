//! A template as text, one line a declaration.

use std::fmt::Write;

use armguard::template::{
    Access, Callee, DeploymentSource, ExprId, ExprKind, ForEach, Item, Link, LocalId, MemberKey, Output, Over, Piece,
    Resource, Template,
};

/// Members of a resource's body that have a field of their own in the model.
const LIFTED: [&str; 10] = [
    "type",
    "apiVersion",
    "name",
    "condition",
    "copy",
    "scope",
    "dependsOn",
    "existing",
    "resourceGroup",
    "subscriptionId",
];

/// All declarations of `template`, each on a line; those of nested templates are indented.
pub(crate) fn dump(template: &Template) -> String {
    let mut out = String::new();
    template_lines(template, "", &mut out);
    out
}

fn template_lines(template: &Template, indent: &str, out: &mut String) {
    let show = |id: ExprId| expr(template, id);
    let flag = |set: bool, name: &'static str| if set { name } else { "" };
    for param in &template.params {
        let flags = [flag(param.secure, " secure"), flag(param.nullable, " nullable")].concat();
        let default = param.default.map(|id| format!(" = {}", show(id))).unwrap_or_default();
        let allowed = param.allowed.map(|id| format!(" of {}", show(id))).unwrap_or_default();
        let uses = format!(" used {}", param.uses);
        line(out, indent, &format!("param {} {:?}{flags}{default}{allowed}{uses}", param.name, param.ty));
    }
    for variable in &template.variables {
        let exported = flag(variable.exported, " exported");
        line(out, indent, &format!("var {}{exported} = {}", variable.name, show(variable.value)));
    }
    for function in &template.functions {
        let params: Vec<_> = function.params.iter().map(|id| local(template, *id)).collect();
        let exported = flag(function.exported, " exported");
        let body = show(function.body);
        let head = format!("func {}.{}({})", function.namespace, function.name, params.join(", "));
        line(out, indent, &format!("{head}{exported} => {body}"));
    }
    for (at, resource) in template.resources.iter().enumerate() {
        resource_lines(template, at, resource, indent, out);
    }
    for output in &template.outputs {
        line(out, indent, &output_line(template, output));
    }
}

fn line(out: &mut String, indent: &str, text: &str) {
    writeln!(out, "{indent}{text}").unwrap_or_default();
}

fn output_line(template: &Template, output: &Output) -> String {
    let condition = output.condition.map(|id| format!(" if {}", expr(template, id))).unwrap_or_default();
    let secure = if output.secure { " secure" } else { "" };
    format!("output {}{secure}{condition} = {}", output.name, expr(template, output.value))
}

fn resource_lines(template: &Template, at: usize, resource: &Resource, indent: &str, out: &mut String) {
    let show = |id: ExprId| expr(template, id);
    let mut text = format!("resource {at}");
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(text, " {name}{value}").unwrap_or_default();
        }
    };
    add("", resource.symbol.as_deref().map(str::to_owned));
    add("", Some(resource.ty.as_deref().unwrap_or("?").to_owned()));
    add("@", resource.api_version.map(show));
    add("", resource.name.map(show));
    add("existing", resource.existing.then(String::new));
    add("if ", resource.condition.map(show));
    add("for ", resource.for_each.map(|ForEach { over, index, .. }| looped(template, over, index)));
    add("parent ", resource.parent.map(show));
    add("nested in ", resource.nested_in.map(|id| id.0.to_string()));
    add("deployed by ", resource.deployed_by.map(|id| id.0.to_string()));
    add("scope ", resource.scope.map(show));
    add("group ", resource.resource_group.map(show));
    add("subscription ", resource.subscription.map(show));
    let depends_on: Vec<_> = resource.depends_on.iter().map(|id| show(*id)).collect();
    add("after ", (!depends_on.is_empty()).then(|| depends_on.join(" and ")));
    line(out, indent, &text);
    let inner = format!("{indent}  ");
    if let ExprKind::Object { members, open } = &template.expr(resource.body).kind {
        let plain = members.iter().filter(|member| match &member.key {
            MemberKey::Name(name) => !LIFTED.contains(&&**name),
            _ => true,
        });
        for member in plain {
            line(out, &inner, &format!("{}: {}", key(template, &member.key), show(member.value)));
        }
        if *open {
            line(out, &inner, "open");
        }
    }
    let Some(deployment) = &resource.deployment else { return };
    let params = deployment.params.map(|id| format!(" with {}", show(id))).unwrap_or_default();
    let params = if deployment.wrapped { params } else { format!("{params} unwrapped") };
    match &deployment.source {
        DeploymentSource::Reference(reference, _) => line(out, &inner, &format!("deploys {reference}{params}")),
        DeploymentSource::Computed(id) => line(out, &inner, &format!("deploys {}{params}", show(*id))),
        DeploymentSource::Linked(_) => line(out, &inner, &format!("deploys a linked template{params}")),
        DeploymentSource::Outer(outputs) => {
            line(out, &inner, &format!("deploys outer{params}"));
            outputs.iter().for_each(|output| line(out, &format!("{inner}  "), &output_line(template, output)));
        }
        DeploymentSource::Inline(nested) => {
            line(out, &inner, &format!("deploys inner{params}"));
            template_lines(nested, &format!("{inner}  "), out);
        }
    }
}

fn local(template: &Template, id: LocalId) -> String {
    format!("{}#{}", template.locals[id.0 as usize], id.0)
}

fn key(template: &Template, key: &MemberKey) -> String {
    match key {
        MemberKey::Name(name) => name.to_string(),
        MemberKey::Computed(id) => format!("<{}>", expr(template, *id)),
        MemberKey::Spread => "...".into(),
    }
}

fn looped(template: &Template, over: Over, index: Option<LocalId>) -> String {
    let index = index.map(|index| local(template, index)).unwrap_or_default();
    match over {
        Over::Count(count) => format!("{index} < {}", expr(template, count)),
        Over::Array(array) => format!("{index} in {}", expr(template, array)),
    }
}

fn link(template: &Template, link: &Link) -> String {
    let safe = if link.safe { "?" } else { "" };
    match &link.access {
        Access::Member(name) => format!(".{safe}{name}"),
        Access::Index(index) => format!("[{safe}{}]", expr(template, *index)),
        Access::FromEnd(index) => format!("[{safe}^{}]", expr(template, *index)),
        Access::Method { name, args } => format!(".{safe}{name}({})", list(template, args)),
    }
}

fn list(template: &Template, ids: &[ExprId]) -> String {
    ids.iter().map(|id| expr(template, *id)).collect::<Vec<_>>().join(", ")
}

/// An expression as text, in the manner of Bicep.
pub(crate) fn expr(template: &Template, id: ExprId) -> String {
    let show = |id: &ExprId| expr(template, *id);
    let is_open = |open: &bool| if *open { "!" } else { "" };
    match &template.expr(id).kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Number(text) => format!("number({text})"),
        ExprKind::Str(text) => format!("'{text}'"),
        ExprKind::Interpolation(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Hole(id) => format!("${{{}}}", show(id)),
            });
            format!("'{}'", pieces.collect::<String>())
        }
        ExprKind::Array { items, open } => {
            let items = items.iter().map(|item| match item {
                Item::Value(id) => show(id),
                Item::Spread(id) => format!("...{}", show(id)),
            });
            format!("[{}]{}", items.collect::<Vec<_>>().join(", "), is_open(open))
        }
        ExprKind::Object { members, open } => {
            let members = members.iter().map(|m| format!("{}: {}", key(template, &m.key), show(&m.value)));
            format!("{{{}}}{}", members.collect::<Vec<_>>().join(", "), is_open(open))
        }
        ExprKind::If { condition, then, otherwise } => {
            format!("({} ? {} : {})", show(condition), show(then), show(otherwise))
        }
        ExprKind::Call(call) => {
            let name = match &call.callee {
                Callee::Builtin(name) => name.to_string(),
                Callee::User(id) => {
                    let function = &template.functions[id.0 as usize];
                    format!("user {}.{}", function.namespace, function.name)
                }
                Callee::Imported { name, .. } => format!("imported {name}"),
                Callee::Undeclared(name) => format!("undeclared {name}"),
            };
            format!("{name}({})", list(template, &call.args))
        }
        ExprKind::Chain { base, links } => {
            let base = match &template.expr(*base).kind {
                ExprKind::Chain { .. } => format!("({})", show(base)),
                _ => show(base),
            };
            base + &links.iter().map(|l| link(template, l)).collect::<String>()
        }
        ExprKind::Param(id) => format!("param {}", template.params[id.0 as usize].name),
        ExprKind::Variable(id) => format!("var {}", template.variables[id.0 as usize].name),
        ExprKind::Local(id) => local(template, *id),
        ExprKind::Resource(id) => format!("resource {}", id.0),
        ExprKind::Lambda { params, body } => {
            let params: Vec<_> = params.iter().map(|id| local(template, *id)).collect();
            format!("({} => {})", params.join(", "), show(body))
        }
        ExprKind::Loop(array) => format!("[for {}: {}]", looped(template, array.over, array.index), show(&array.body)),
        ExprKind::Imported { name, .. } => format!("imported {name}"),
        ExprKind::BaseParameters => "base".into(),
        ExprKind::Undeclared(name) => format!("undeclared {name}"),
        ExprKind::Unreadable => "?".into(),
    }
}
