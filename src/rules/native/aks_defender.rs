//! The Defender profile of AKS clusters: its shape by api version, and its workspace.

use rulefile::{ABSENT, FAILED};

use crate::azure::WORKSPACES;
use crate::azure::defender_shape::{DefenderShape, has_security_gating};
use crate::eval::term::CondId;
use crate::eval::{FailureKind, Part, ResourceRef, Value};
use crate::model::{Lookup, Split, is_id_of, is_placeholder};
use crate::rules::answer::{Answer, CheckInput, Miss};
use crate::template::{Language, Resource};

const PROFILE: [&str; 2] = ["properties", "securityProfile"];

fn below<'a>(names: &[&'a str]) -> Vec<&'a str> {
    PROFILE.iter().chain(names).copied().collect()
}

/// A block must be of the shape that the resource's api version has.
pub(super) fn api_shape(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let legacy = input.lookup(&below(&["azureDefender"]))?;
    let current = input.lookup(&below(&["defender"]))?;
    let gating = input.lookup(&below(&["defender", "securityGating"]))?;
    let profile = input.lookup(&PROFILE)?;
    let (version, text) = match input.api_version()? {
        Ok(known) => known,
        Err(term) => {
            // Without a block there is no shape that could be wrong.
            let nothing = [&legacy, &current].iter().all(|block| matches!(block, Lookup::Absent { .. }));
            return Ok(if nothing { Answer::Yes } else { Answer::Unknown(vec![term]) });
        }
    };
    let miss = |outcome: &'static str, names: &[&str]| {
        let field = [&["securityProfile"], names].concat().join(".");
        let mut miss = Miss::new(&below(names), outcome);
        miss.values = vec![("field", field), ("api-version", text.clone())];
        let resource = &input.instance.resource;
        let version = input.model.eval.with_declared(resource, |declared| declared.api_version);
        miss.places.extend(
            version.map(|version| (input.model.eval.span_of(resource.frame, version), format!("{outcome}-version"))),
        );
        miss
    };
    let shape = DefenderShape::of(version);
    let wrong: [(&Lookup, bool, &'static str, &[&str]); 4] = [
        (&profile, shape == DefenderShape::None, "security-profile", &[]),
        (&legacy, shape == DefenderShape::Defender, "azure-defender", &["azureDefender"]),
        (&current, shape == DefenderShape::AzureDefender, "defender", &["defender"]),
        (&gating, !has_security_gating(version), "security-gating", &["defender", "securityGating"]),
    ];
    // An unknown block is left to the rules that follow: they report what it depends on.
    let wrong = wrong.into_iter().find(|(block, applies, ..)| *applies && matches!(block, Lookup::Value(_)));
    Ok(wrong.map_or(Answer::Yes, |(_, _, outcome, names)| miss(outcome, names).into()))
}

/// The workspace of the profile: the path of its property, and what is there.
pub(super) fn workspace_of(input: &CheckInput<'_, '_, '_>) -> Result<(Vec<&'static str>, Lookup), Split> {
    let (mut path, mut found) = (Vec::new(), Lookup::Absent { null: false });
    for block in ["defender", "azureDefender"] {
        if let Lookup::Absent { .. } = input.lookup(&below(&[block]))? {
            continue;
        }
        path = below(&[block, "logAnalyticsWorkspaceResourceId"]);
        found = input.lookup(&path)?;
        break;
    }
    Ok((path, found))
}

/// A workspace must be named, and it must not come from something that is not deployed.
pub(super) fn workspace(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let (path, found) = workspace_of(input)?;
    let missing = |outcome| {
        let mut miss = Miss::new(&path, outcome);
        if let Some(workspace) = in_reach(input) {
            miss.help = Some("in-reach");
            miss.values.push(("value", workspace));
        }
        miss.into()
    };
    Ok(match &found {
        Lookup::Value(hidden) if input.model.eval.is_hidden(hidden) && !matches!(hidden, Value::Id(_)) => {
            match input.model.eval.known(hidden) {
                Value::Str(text) if text.is_empty() => missing(FAILED),
                Value::Text(_) | Value::Hidden(_) => Answer::Unknown(vec![input.model.eval.reify(hidden)]),
                _ => Answer::Yes,
            }
        }
        Lookup::Absent { .. } => missing(ABSENT),
        // A property of a running resource names something; whether it is a workspace is the next question.
        Lookup::Unknown(term) if input.model.eval.runtime_of(*term).is_some() => Answer::Yes,
        Lookup::Unknown(term) => Answer::Unknown(vec![*term]),
        Lookup::Value(Value::Str(text)) if text.is_empty() => missing(FAILED),
        Lookup::Value(value @ Value::Error(failure)) => match &failure.kind {
            FailureKind::NotDeployed(of) => not_deployed(input, &path, of),
            FailureKind::Wrong(_) => Answer::Unknown(vec![input.model.eval.reify(value)]),
        },
        Lookup::Value(value @ Value::Id(_)) => match input.model.declared_instance(value) {
            Some(declared) if declared.condition != CondId::TRUE && !input.world.is_true(declared.condition)? => {
                not_deployed(input, &path, &declared.resource)
            }
            _ => Answer::Yes,
        },
        Lookup::Value(value @ Value::Text(parts)) => {
            let written = parts.iter().any(|part| matches!(part, Part::Text(text) if !text.is_empty()));
            if written { Answer::Yes } else { Answer::Unknown(vec![input.model.eval.reify(value)]) }
        }
        // Anything else is named; whether it is a workspace is the next question.
        Lookup::Value(_) => Answer::Yes,
    })
}

/// The workspace comes from `of`, whose condition is false.
fn not_deployed(input: &CheckInput<'_, '_, '_>, path: &[&str], of: &ResourceRef) -> Answer {
    let eval = input.model.eval;
    let mut miss = Miss::new(path, "not-deployed");
    let condition = eval.with_declared(of, |declared| declared.condition).map(|expr| eval.span_of(of.frame, expr));
    let decider = match condition {
        Some(span) => eval.source_text(span),
        None => eval.title_of(of),
    };
    miss.values.push(("decider", decider));
    let at = condition.unwrap_or_else(|| input.model.declared_at(of));
    miss.places.push((at, "not-deployed-at".into()));
    miss.into()
}

/// The one workspace that the template of the resource declares, as an expression.
fn in_reach(input: &CheckInput<'_, '_, '_>) -> Option<String> {
    let frame = input.model.eval.frame(input.instance.resource.frame);
    let is_workspace =
        |resource: &&Resource| resource.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(WORKSPACES));
    let mut found = frame.template.resources.iter().filter(is_workspace);
    match (found.next(), found.next()) {
        (Some(Resource { symbol: Some(symbol), for_each: None, .. }), None)
            if frame.template.language == Language::Bicep =>
        {
            Some(format!("{symbol}.id"))
        }
        _ => None,
    }
}

/// What is named must be the resource id of a workspace.
pub(super) fn workspace_id(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let (path, found) = workspace_of(input)?;
    let value = match found {
        Lookup::Absent { .. } => return Ok(Answer::Yes),
        Lookup::Unknown(term) => {
            let customer_id = input.model.eval.runtime_of(term).is_some_and(|(id, member)| {
                &*member == "customerid" && is_id_of(input.model.eval, &id, WORKSPACES) == Some(true)
            });
            let miss = Miss::new(&path, "customer-id");
            return Ok(if customer_id { miss.into() } else { Answer::Unknown(vec![term]) });
        }
        Lookup::Value(value) => value,
    };
    let eval = input.model.eval;
    if let Value::Resource(of) = &value {
        // A property of a workspace that is certainly not its id.
        let ty = eval.with_declared(of, |declared| declared.ty.clone()).unwrap_or_default();
        let customer_id = of.path.last().is_some_and(|name| name.eq_ignore_ascii_case("customerId"));
        if ty.eq_ignore_ascii_case(WORKSPACES) && customer_id {
            let mut miss = Miss::new(&path, "customer-id");
            let in_bicep = eval.frame(of.frame).template.language == Language::Bicep;
            // The symbolic name is known only in its own template.
            let in_sight = in_bicep && of.frame == input.instance.resource.frame;
            miss.help = in_sight.then_some("in-reach");
            miss.values.push(("value", format!("{}.id", eval.title_of(of))));
            return Ok(miss.into());
        }
        return Ok(Answer::Unknown(vec![eval.reify(&value)]));
    }
    if let Value::Str(text) = &eval.known(&value)
        && is_placeholder(text)
    {
        if eval.is_hidden(&value) {
            return Ok(Answer::Unknown(vec![eval.reify(&value)]));
        }
        return Ok(Answer::Unknown(vec![eval.outside(&format!("the placeholder `{text}`"))]));
    }
    Ok(match is_id_of(eval, &value, WORKSPACES) {
        Some(true) => Answer::Yes,
        Some(false) => {
            let outcome = if matches!(eval.known(&value), Value::Id(_)) { "other-type" } else { FAILED };
            Miss::new(&path, outcome).into()
        }
        None => Answer::Unknown(vec![eval.reify(&value)]),
    })
}
