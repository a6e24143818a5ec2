//! The Log Analytics workspace that a cluster should send its data to: the best one that the template has.

use super::steps::Step;
use crate::eval::{Inputs, ResourceRef, Scope, Value};
use crate::finding::Safety;
use crate::model::World;
use crate::patch::{Change, NewValue};
use crate::project::{Content, Project, Resolution};
use crate::source::{FileId, Span};
use crate::template::{DeploymentSource, ExprId, ExprKind, Language, MemberKey, Param, ParamType, Resource, Template};

/// The type of a workspace.
const TYPE: &str = "Microsoft.OperationalInsights/workspaces";

/// The parameter that is declared where the template has no workspace.
const NEW_PARAMETER: &str = "logAnalyticsWorkspaceResourceId";

const DESCRIPTION: &str = "Resource id of the Log Analytics workspace to which Microsoft Defender sends its data.";

/// Calls over which a new parameter is handed down.
const MOST_CALLS: usize = 8;

/// A workspace, from the place of the cluster.
#[derive(Debug, Clone)]
pub(super) struct Workspace {
    /// Its resource id.
    pub(super) id: NewValue,
    /// What to call it in the title of a fix.
    pub(super) title: String,
    /// Whether it is certainly the right one.
    pub(super) safety: Safety,
    /// What else has to be done.
    pub(super) steps: Vec<Step>,
}

/// The best workspace for `cluster`.
pub(super) fn find(world: &World<'_, '_>, cluster: &ResourceRef) -> Option<Workspace> {
    let scope = world.eval.scope_of(cluster);
    let frame = world.eval.frame(scope.frame);
    let declared = frame.template.resource(cluster.resource);
    let here = in_template(world, &scope, &frame.template, Some(declared));
    here.or_else(|| handed_down(world, cluster))
}

/// What the template of `scope` has: a workspace, a setting that names one, or a parameter.
fn in_template(
    world: &World<'_, '_>,
    scope: &Scope,
    template: &Template,
    cluster: Option<&Resource>,
) -> Option<Workspace> {
    declared(world, scope, template, cluster)
        .or_else(|| referred_to(world, scope, template, cluster))
        .or_else(|| parameter(template))
}

/// The one workspace that the template declares.
fn declared(
    world: &World<'_, '_>,
    scope: &Scope,
    template: &Template,
    cluster: Option<&Resource>,
) -> Option<Workspace> {
    let is_workspace = |resource: &&Resource| {
        resource.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(TYPE)) && resource.for_each.is_none()
    };
    let mut found = template.resources.iter().filter(is_workspace);
    let (Some(resource), None) = (found.next(), found.next()) else { return None };
    // One that is deployed only sometimes is no place for the data of a cluster that always is.
    let always = resource.condition.is_none();
    if !always || resource.nested_in.is_some() || resource.deployed_by.is_some() {
        return None;
    }
    let symbol = resource.symbol.as_deref();
    let title = symbol.map_or_else(|| "the workspace of this template".to_owned(), |symbol| format!("`{symbol}`"));
    let (id, steps) = match (template.language, symbol) {
        (Language::Bicep, Some(symbol)) => (format!("{symbol}.id"), Vec::new()),
        (Language::Bicep, None) => return None,
        (Language::Arm, _) => {
            if resource.scope.is_some() || resource.parent.is_some() {
                return None;
            }
            let id = format!("resourceId('{TYPE}', {})", arm_argument(world, scope, resource.name?)?);
            let mut steps = Vec::new();
            if let (Some(cluster), false) = (cluster, resource.existing) {
                let on = match symbol {
                    Some(symbol) => NewValue::from(symbol),
                    None => NewValue::Expression(id.clone()),
                };
                let object = world.eval.span_of(scope.frame, cluster.body);
                steps.push(Step::Change { object, change: Change::append(&["dependsOn"], on) });
            }
            (id, steps)
        }
    };
    Some(Workspace { id: NewValue::Expression(id), title, safety: Safety::Safe, steps })
}

/// A workspace that is already used: by the monitoring add-on of the cluster, or by diagnostic settings.
fn referred_to(
    world: &World<'_, '_>,
    scope: &Scope,
    template: &Template,
    cluster: Option<&Resource>,
) -> Option<Workspace> {
    let add_on = cluster.and_then(|cluster| {
        let path = ["properties", "addonProfiles", "omsagent", "config", "logAnalyticsWorkspaceResourceID"];
        Some((written(template, cluster.body, &path)?, "the workspace of the monitoring add-on"))
    });
    let settings = template.resources.iter().filter(|resource| {
        let ty = resource.ty.as_ref();
        ty.is_some_and(|ty| ty.to_ascii_lowercase().ends_with("microsoft.insights/diagnosticsettings"))
            && resource.for_each.is_none()
    });
    let settings = settings.filter_map(|settings| {
        let expr = written(template, settings.body, &["properties", "workspaceId"])?;
        Some((expr, "the workspace of the diagnostic settings"))
    });
    add_on.into_iter().chain(settings).find_map(|(expr, title)| {
        let value = world.settle(world.eval.eval(scope, expr)).ok()?;
        let safety = match &value {
            Value::Id(id) if id.ty.eq_ignore_ascii_case(TYPE) => Safety::Safe,
            Value::Str(text) if text.to_ascii_lowercase().contains("/workspaces/") => Safety::Safe,
            Value::Unknown(_) | Value::Text(_) => Safety::Unsafe,
            _ => return None,
        };
        let id = match &template.expr(expr).kind {
            ExprKind::Str(text) => NewValue::String(text.to_string()),
            // A loop variable of one resource is not known in the other.
            ExprKind::Local(_) => return None,
            _ => NewValue::Expression(text_of(world, scope, expr)),
        };
        Some(Workspace { id, title: title.to_owned(), safety, steps: Vec::new() })
    })
}

/// A parameter whose name says that it is the resource id of a workspace.
fn parameter(template: &Template) -> Option<Workspace> {
    let holds_one = |param: &&Param| {
        let name = param.name.to_ascii_lowercase();
        let empty = param.default.is_some_and(|default| match &template.expr(default).kind {
            ExprKind::Str(text) => text.is_empty(),
            ExprKind::Null => true,
            _ => false,
        });
        let named = name.ends_with("workspaceresourceid") || name.ends_with("loganalyticsworkspaceid");
        named && matches!(param.ty, ParamType::String) && !param.nullable && !empty && !param.secure
    };
    let mut found = template.params.iter().filter(holds_one);
    let (Some(param), None) = (found.next(), found.next()) else { return None };
    let certain = param.name.to_ascii_lowercase().ends_with("workspaceresourceid");
    Some(Workspace {
        id: NewValue::Expression(naming(template.language, &param.name)),
        title: format!("parameter `{}`", param.name),
        // An `…Id` may be the customer id, which is no resource id.
        safety: if certain { Safety::Safe } else { Safety::Unsafe },
        steps: Vec::new(),
    })
}

/// A new parameter of the template, handed down from the nearest caller that has a workspace, else from the root.
fn handed_down(world: &World<'_, '_>, cluster: &ResourceRef) -> Option<Workspace> {
    let eval = world.eval;
    let mut steps = Vec::new();
    let mut at = cluster.frame;
    let mut from = String::new();
    let mut language = None;
    for _ in 0..MOST_CALLS {
        let frame = eval.frame(at);
        let template = &frame.template;
        if template.param(NEW_PARAMETER).is_some() || !is_whole_file(eval.project, template) {
            return None;
        }
        language = language.or(Some(template.language));
        let (file, name, description) = (template.file, NEW_PARAMETER.to_owned(), DESCRIPTION.to_owned());
        steps.push(Step::Declare { file, name, description });
        let Inputs::Call { by } = &frame.inputs else { break };
        // All who call the template would have to pass the new parameter.
        if callers_of(eval.project, template.file) != 1 {
            return None;
        }
        let scope = eval.scope_of(by);
        let caller = eval.frame(by.frame);
        let call = caller.template.resource(by.resource);
        let found = in_template(world, &scope, &caller.template, None);
        let id = match &found {
            Some(workspace) => workspace.id.clone(),
            None => NewValue::Expression(naming(caller.template.language, NEW_PARAMETER)),
        };
        let wrapped = call.deployment.as_ref().is_some_and(|deployment| deployment.wrapped);
        let path: &[&str] =
            if wrapped { &["properties", "parameters", NEW_PARAMETER, "value"] } else { &["params", NEW_PARAMETER] };
        steps.push(Step::Change { object: eval.span_of(by.frame, call.body), change: Change::set(path, id) });
        if let Some(workspace) = found {
            from = format!(" that is {}", workspace.title);
            break;
        }
        at = by.frame;
    }
    Some(Workspace {
        id: NewValue::Expression(naming(language?, NEW_PARAMETER)),
        title: format!("a new parameter `{NEW_PARAMETER}`{from}"),
        safety: Safety::Unsafe,
        steps,
    })
}

/// How an expression names the parameter `name`.
fn naming(language: Language, name: &str) -> String {
    match language {
        Language::Bicep => name.to_owned(),
        Language::Arm => format!("parameters('{name}')"),
    }
}

/// The text of an expression as it can stand elsewhere in the same template.
fn text_of(world: &World<'_, '_>, scope: &Scope, expr: ExprId) -> String {
    let Span { file, range } = world.eval.span_of(scope.frame, expr);
    let text = world.eval.project.sources.get(file).slice(range);
    text.trim().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// A name as the argument of a function in ARM.
fn arm_argument(world: &World<'_, '_>, scope: &Scope, name: ExprId) -> Option<String> {
    let frame = world.eval.frame(scope.frame);
    match &frame.template.expr(name).kind {
        ExprKind::Str(text) => Some(format!("'{}'", text.replace('\'', "''"))),
        ExprKind::Local(_) => None,
        _ => {
            let Span { file, range } = world.eval.span_of(scope.frame, name);
            Some(world.eval.project.sources.get(file).slice(range).to_owned())
        }
    }
}

/// The expression that is written in the object literal `body` at `path`.
fn written(template: &Template, body: ExprId, path: &[&str]) -> Option<ExprId> {
    path.iter().try_fold(body, |at, name| match &template.expr(at).kind {
        ExprKind::Object { members, .. } => members.iter().rev().find_map(|member| match &member.key {
            MemberKey::Name(key) if key.eq_ignore_ascii_case(name) => Some(member.value),
            _ => None,
        }),
        _ => None,
    })
}

/// Whether `template` is not one inside another.
fn is_whole_file(project: &Project, template: &Template) -> bool {
    project.units().any(|(_, unit)| match &unit.content {
        Content::Template(whole) => std::ptr::eq(&raw const **whole, template),
        Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
    })
}

/// In how many places of the project the template `file` is deployed by another one.
fn callers_of(project: &Project, file: FileId) -> usize {
    let calls = |template: &Template| {
        let sources = template.resources.iter().filter_map(|resource| resource.deployment.as_ref());
        let leads = |source: &DeploymentSource| match source {
            DeploymentSource::Reference(path, _) => {
                matches!(project.resolve(template.file, path), Resolution::Template(callee) if callee.file == file)
            }
            _ => false,
        };
        sources.filter(|deployment| leads(&deployment.source)).count()
    };
    let templates = project.units().filter_map(|(_, unit)| match &unit.content {
        Content::Template(template) => Some(template),
        Content::Parameters(_) | Content::CompiledCopy | Content::Other => None,
    });
    templates.map(|template| calls(template)).sum()
}
