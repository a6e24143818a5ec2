//! The Log Analytics workspace that a cluster should send its data to: the best one that the template has.

use super::steps::FixStep;
use super::written::{member, text_of};
use crate::azure::{ADD_ON_WORKSPACE, DIAGNOSTIC_SETTINGS, LOG_ANALYTICS_NAMES, WORKSPACES};
use crate::eval::{FrameId, FrameInputs, ResourceRef, Scope, Value};
use crate::finding::Safety;
use crate::model::World;
use crate::patch::{Change, NewValue};
use crate::project::{Content, Project, Resolution};
use crate::source::FileId;
use crate::template::{DeploymentSource, ExprId, ExprKind, Language, Param, ParamType, Resource, Template};

/// The parameter that is declared where the template has no workspace.
const NEW_PARAMETER: &str = "logAnalyticsWorkspaceResourceId";

const DESCRIPTION: &str = "Resource id of the Log Analytics workspace to which Microsoft Defender sends its data.";

/// Steps after which a new parameter is handed down no further: two for each call.
const MOST_STEPS: usize = 16;

/// A workspace, from the place of the cluster.
#[derive(Debug, Clone)]
pub(super) struct WorkspaceCandidate {
    /// Its resource id.
    pub(super) id: NewValue,
    /// What to call it in the title of a fix.
    pub(super) title: String,
    /// Whether it is certainly the right one.
    pub(super) safety: Safety,
    /// What else its author must do.
    pub(super) note: Option<String>,
    /// What else has to be changed.
    pub(super) steps: Vec<FixStep>,
}

impl WorkspaceCandidate {
    /// Whether the template has it already.
    pub(super) fn is_there(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step, FixStep::Declare { .. }))
    }
}

/// The best workspace for `user`: a cluster, or a call that passes the workspace on to one.
pub(super) fn find(world: &World<'_, '_>, user: &ResourceRef) -> Option<WorkspaceCandidate> {
    let scope = world.eval.scope_of(user);
    let frame = world.eval.frame(scope.frame);
    let here = in_template(world, &scope, &frame.template, frame.template.resource(user.resource));
    here.or_else(|| handed_down(world, user.frame))
}

/// What the template of `scope` has: a workspace, a setting that names one, or a parameter.
fn in_template(
    world: &World<'_, '_>,
    scope: &Scope,
    template: &Template,
    user: &Resource,
) -> Option<WorkspaceCandidate> {
    declared(world, scope, template, user)
        .or_else(|| referred_to(world, scope, template, user))
        .or_else(|| parameter(template))
}

fn is_workspace(resource: &&Resource) -> bool {
    resource.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(WORKSPACES)) && resource.for_each.is_none()
}

/// The one workspace that the template declares.
fn declared(world: &World<'_, '_>, scope: &Scope, template: &Template, user: &Resource) -> Option<WorkspaceCandidate> {
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
            // An existing one may lie elsewhere.
            let place = resource.subscription.into_iter().chain(resource.resource_group);
            let place: Option<Vec<String>> = place.map(|part| arm_argument(world, scope, part)).collect();
            let (place, name) = (place?, arm_argument(world, scope, resource.name?)?);
            let args: Vec<String> = place.into_iter().chain([format!("'{WORKSPACES}'"), name]).collect();
            let id = format!("resourceId({})", args.join(", "));
            let mut steps = Vec::new();
            if !resource.existing {
                let on = match symbol {
                    Some(symbol) => NewValue::from(symbol),
                    None => NewValue::Expression(id.clone()),
                };
                let object = world.eval.span_of(scope.frame, outermost(template, user).body);
                steps.push(FixStep::Change { object, change: Change::append(&["dependsOn"], on) });
            }
            (id, steps)
        }
    };
    Some(WorkspaceCandidate { id: NewValue::Expression(id), title, safety: Safety::Safe, note: None, steps })
}

/// What deploys `resource` beside the other resources of its template: it, or the outer-scoped nested deployments
/// around it.
fn outermost<'t>(template: &'t Template, mut resource: &'t Resource) -> &'t Resource {
    while let Some(deployment) = resource.deployed_by {
        resource = template.resource(deployment);
    }
    resource
}

/// A workspace that is already used: by the monitoring add-on of the cluster, or by diagnostic settings.
fn referred_to(
    world: &World<'_, '_>,
    scope: &Scope,
    template: &Template,
    user: &Resource,
) -> Option<WorkspaceCandidate> {
    let add_on = member(template, user.body, &ADD_ON_WORKSPACE)
        .map(|member| (member.value, "the workspace of the monitoring add-on"));
    // In ARM the cluster would need a `dependsOn` for the workspace. With several, which one would be a guess.
    let made_here = template.language == Language::Arm
        && template.resources.iter().any(|resource| is_workspace(&resource) && !resource.existing);
    let settings = template.resources.iter().filter(|resource| {
        let ty = resource.ty.as_ref();
        ty.is_some_and(|ty| ty.to_ascii_lowercase().ends_with(&DIAGNOSTIC_SETTINGS.to_ascii_lowercase()))
            && resource.for_each.is_none()
            && !made_here
    });
    let settings = settings.filter_map(|settings| {
        let id = member(template, settings.body, &["properties", "workspaceId"])?;
        Some((id.value, "the workspace of the diagnostic settings"))
    });
    add_on.into_iter().chain(settings).find_map(|(expr, title)| {
        let value = world.settle(world.eval.eval(scope, expr)).ok()?;
        let safety = match &world.eval.known(&value) {
            Value::Id(id) if id.ty.eq_ignore_ascii_case(WORKSPACES) => Safety::Safe,
            Value::Str(text) if text.to_ascii_lowercase().contains("/workspaces/") => Safety::Safe,
            Value::Unknown(_) | Value::Text(_) => Safety::Unsafe,
            _ => return None,
        };
        let id = match &template.expr(expr).kind {
            ExprKind::Str(text) => NewValue::String(text.to_string()),
            // A loop variable of one resource is not known in the other.
            ExprKind::Local(_) => return None,
            _ => NewValue::Expression(text_of(world, scope, expr)?),
        };
        Some(WorkspaceCandidate { id, title: title.to_owned(), safety, note: None, steps: Vec::new() })
    })
}

/// A parameter whose name shows that it is the resource id of a workspace.
fn parameter(template: &Template) -> Option<WorkspaceCandidate> {
    let workspace_certainty = |param: &Param| {
        let empty = param.default.is_some_and(|default| match &template.expr(default).kind {
            ExprKind::Str(text) => text.is_empty(),
            ExprKind::Null => true,
            _ => false,
        });
        let able = matches!(param.ty, ParamType::String) && !param.nullable && !empty && !param.secure;
        certainty(&param.name).filter(|_| able)
    };
    let mut found = template.params.iter().filter_map(|param| Some((param, workspace_certainty(param)?)));
    let (Some((param, safety)), None) = (found.next(), found.next()) else { return None };
    Some(WorkspaceCandidate {
        id: NewValue::Expression(naming(template.language, &param.name)),
        title: format!("parameter `{}`", param.name),
        safety,
        note: None,
        steps: Vec::new(),
    })
}

/// How certain it is that a parameter called `name` is the resource id of a Log Analytics workspace. An `…Id` may be the
/// customer id.
fn certainty(name: &str) -> Option<Safety> {
    let name = name.to_ascii_lowercase();
    let of_workspace = |end: &str| {
        let start = name.strip_suffix(end)?;
        (LOG_ANALYTICS_NAMES.contains(&start) || start.contains("loganalytics")).then_some(())
    };
    match (of_workspace("workspaceresourceid"), of_workspace("workspaceid")) {
        (Some(()), _) => Some(Safety::Safe),
        (None, Some(())) => Some(Safety::Unsafe),
        (None, None) => None,
    }
}

/// A new parameter of the template deployed as `frame`, handed down from the nearest caller that has a workspace, else
/// from the root.
fn handed_down(world: &World<'_, '_>, frame: FrameId) -> Option<WorkspaceCandidate> {
    let eval = world.eval;
    let mut steps = Vec::new();
    let mut at = frame;
    let (mut title, mut note) = (format!("a new parameter `{NEW_PARAMETER}`"), None);
    loop {
        let frame = eval.frame(at);
        let template = &frame.template;
        if steps.len() > MOST_STEPS || template.param(NEW_PARAMETER).is_some() || !is_whole_file(eval.project, template)
        {
            return None;
        }
        let (file, name, description) = (template.file, NEW_PARAMETER.to_owned(), DESCRIPTION.to_owned());
        steps.push(FixStep::Declare { file, name, description });
        let FrameInputs::Call { by } = &frame.inputs else {
            note = Some("every deployment must then pass it".to_owned());
            break;
        };
        // All who call the template would have to pass the new parameter.
        if callers_of(eval.project, template.file) != 1 {
            return None;
        }
        let caller = eval.frame(by.frame);
        let call = caller.template.resource(by.resource);
        let found = in_template(world, &eval.scope_of(by), &caller.template, call);
        let id = match &found {
            Some(workspace) => workspace.id.clone(),
            None => NewValue::Expression(naming(caller.template.language, NEW_PARAMETER)),
        };
        let wrapped = call.deployment.as_ref().is_some_and(|deployment| deployment.wrapped);
        let path: &[&str] =
            if wrapped { &["properties", "parameters", NEW_PARAMETER, "value"] } else { &["params", NEW_PARAMETER] };
        steps.push(FixStep::Change { object: eval.span_of(by.frame, call.body), change: Change::set(path, id) });
        if let Some(workspace) = found {
            title.push_str(&format!(" that is {}", workspace.title));
            steps.extend(workspace.steps);
            break;
        }
        at = by.frame;
    }
    let id = NewValue::Expression(naming(eval.frame(frame).template.language, NEW_PARAMETER));
    Some(WorkspaceCandidate { id, title, safety: Safety::Unsafe, note, steps })
}

/// How an expression names the parameter `name`.
fn naming(language: Language, name: &str) -> String {
    match language {
        Language::Bicep => name.to_owned(),
        Language::Arm => format!("parameters('{name}')"),
    }
}

/// A value as the argument of a function in ARM.
fn arm_argument(world: &World<'_, '_>, scope: &Scope, value: ExprId) -> Option<String> {
    match &world.eval.frame(scope.frame).template.expr(value).kind {
        ExprKind::Str(text) => Some(format!("'{}'", text.replace('\'', "''"))),
        ExprKind::Local(_) => None,
        _ => text_of(world, scope, value),
    }
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
