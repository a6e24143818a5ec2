//! One context: every resource against every rule.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rulefile::{ABSENT, Need, fill};

use crate::azure::CLUSTERS;
use crate::config::Sensor;
use crate::eval::term::{AtomId, TermId};
use crate::eval::{Evaluator, Instance, ResourceRef, Value};
use crate::finding::{Call, DecidedBy, FileProblem, Finding, Label, Subject, Undetermined};
use crate::fix;
use crate::lint::plan::{Planned, Selection};
use crate::lint::room::{Bytes, Room};
use crate::model::{self, Model, Verdict, World, decide};
use crate::project::Project;
use crate::rules::answer::{Answer, CheckInput, Miss};
use crate::rules::check::names;
use crate::rules::{Check, Rule, native};
use crate::source::{FileId, IdMap, InternalError, ProblemCode, Span, Str, TextRange, caught, go_on};
use crate::template::Template;

/// Rules that are left out of a context because they fail; with more of them, the context fails.
const MOST_FAILED: usize = 8;

/// The results of a context.
#[derive(Debug, Default)]
#[expect(clippy::vec_box, reason = "a draft is large, and a vector that grows has room for twice as many")]
pub(in crate::lint) struct ContextOutcome {
    pub(in crate::lint) name: String,
    /// The template that it deploys.
    pub(in crate::lint) at: Option<Span>,
    /// Whether the context deploys what is shown.
    pub(in crate::lint) counts: bool,
    /// Whether all of it is shown.
    pub(in crate::lint) wholly: bool,
    pub(in crate::lint) findings: Vec<Box<Draft<Finding>>>,
    pub(in crate::lint) undetermined: Vec<Box<Draft<Undetermined>>>,
    /// The room that is left for these results and for the checked places.
    pub(in crate::lint) room: Room,
    /// The resource from which on there was no room.
    pub(in crate::lint) cut: Option<Span>,
    pub(in crate::lint) problems: Vec<(Span, ProblemCode, String)>,
    pub(in crate::lint) failures: Vec<FileProblem>,
    /// Every checked AKS cluster, by its identity.
    pub(in crate::lint) clusters: Vec<u64>,
    /// Their places as findings have them, and the instances there.
    pub(in crate::lint) checked_places: Vec<(DeclarationPath, String)>,
    /// Every other resource that is deployed.
    pub(in crate::lint) others: Vec<u64>,
    /// The clusters on which something else installs the sensor, and what.
    pub(in crate::lint) elsewhere: Vec<(Sensor, u64)>,
    /// And of every resource whose condition is false.
    pub(in crate::lint) not_deployed: Vec<u64>,
    /// Files of the templates that are deployed.
    pub(in crate::lint) reached: Vec<FileId>,
}

/// A finding of one instance in one context, before equal ones are merged.
#[derive(Debug)]
pub(in crate::lint) struct Draft<T> {
    pub(in crate::lint) item: T,
    /// The instance: its name, or its place in its loops.
    pub(in crate::lint) instance: String,
    /// The place to take when instances or contexts disagree on what decides.
    pub(in crate::lint) fallback: Label,
}

impl<T> Draft<T> {
    /// The bytes that it takes besides its item.
    fn bytes(&self) -> usize {
        self.instance.bytes() + self.fallback.bytes()
    }
}

impl ContextOutcome {
    /// The outcome of a context whose evaluation failed.
    pub(super) fn failed(project: &Project, planned: &Planned, error: &InternalError) -> Self {
        let context = &planned.context;
        let failures = vec![failure(project, TextRange::default().in_file(context.template.file), error)];
        Self { name: context.name.clone(), counts: planned.counts, failures, ..Self::default() }
    }

    /// Whether evaluation or room did not suffice for all of it.
    pub(super) fn is_cut(&self) -> bool {
        let is_limit = |code: &ProblemCode| matches!(code, ProblemCode::LimitReached | ProblemCode::InternalError);
        !self.failures.is_empty() || self.cut.is_some() || self.problems.iter().any(|(_, code, _)| is_limit(code))
    }

    /// Adds a finding, as far as there is room.
    pub(super) fn find(&mut self, draft: Draft<Finding>) {
        if self.room.take(draft.bytes() + draft.item.bytes()) {
            self.findings.push(Box::new(draft));
        }
    }

    /// Adds an undetermined check, as far as there is room.
    pub(super) fn add_undetermined(&mut self, draft: Draft<Undetermined>) {
        if self.room.take(draft.bytes() + draft.item.bytes()) {
            self.undetermined.push(Box::new(draft));
        }
    }
}

/// That armguard itself failed at `place`.
pub(super) fn failure(project: &Project, place: Span, error: &InternalError) -> FileProblem {
    FileProblem::in_file(&project.sources, place.file, error.at(place.range))
}

/// Rules that failed in a context, by id: at which resource, and how.
type FailedRules = BTreeMap<Str, (Span, InternalError)>;

/// One of them.
type Broken = (Str, Span, InternalError);

/// Checks a context, one of `parts` that share what the run may use. A rule that fails is left out of it, and the
/// context is checked again from the start, because what was being evaluated then is not to be relied on.
pub(super) fn check(
    project: &Project,
    selection: &Selection,
    planned: &Planned,
    parts: usize,
    room: &Room,
) -> ContextOutcome {
    let mut failed = FailedRules::new();
    loop {
        match check_without(&failed, project, selection, planned, (parts, room.clone())) {
            Ok(mut outcome) => {
                let failures = failed.values().map(|(place, error)| failure(project, *place, error));
                outcome.failures.extend(failures);
                return outcome;
            }
            Err((_, _, error)) if failed.len() >= MOST_FAILED => go_on(error),
            Err((rule, place, error)) => drop(failed.insert(rule, (place, error))),
        }
    }
}

/// Checks a context without the rules of `failed`.
///
/// # Errors
/// The rule that fails, too.
fn check_without(
    failed: &FailedRules,
    project: &Project,
    selection: &Selection,
    planned: &Planned,
    (parts, room): (usize, Room),
) -> Result<ContextOutcome, Broken> {
    let context = &planned.context;
    let eval = Evaluator::new(project).sharing(parts);
    let root = eval.root_of(context);
    // A module that is called in a loop is looked up once.
    let known = RefCell::new(IdMap::default());
    let enter = |template: &Arc<Template>| {
        *known.borrow_mut().entry(Arc::as_ptr(template)).or_insert_with(|| selection.concerns(project, template))
    };
    let model = Model::new(&eval, root, &|ty| selection.checks_type(ty), &enter);
    let proposer = fix::Proposer::new(project);
    let (counts, wholly) = (planned.counts, planned.wholly);
    let at = Some(context.template.range.in_file(context.template.file));
    let mut outcome =
        ContextOutcome { name: context.name.clone(), at, counts, wholly, room, ..ContextOutcome::default() };
    for instance in model.checked() {
        if project.cancel.is_cancelled() {
            break;
        }
        let ty = type_of(&model, instance);
        let seen = if ty.eq_ignore_ascii_case(CLUSTERS) { &mut outcome.clusters } else { &mut outcome.others };
        seen.push(identity(selection, &model, instance));
        let calls = eval.call_path(instance.resource.frame);
        let calls: Vec<Span> = calls.iter().map(|call| model.declared_at(call)).collect();
        let name = instance_name(&model, &instance.resource);
        let place = (model.declared_at(&instance.resource), calls);
        if outcome.room.take(size_of_val(&place) + size_of_val(&*place.1) + name.bytes()) {
            outcome.checked_places.push((place, name));
        }
        for group in selection.groups_of(&ty) {
            check_group(failed, &model, selection, group, instance, &ty, (&proposer, &mut outcome))?;
        }
        if outcome.room.is_full() {
            outcome.cut = Some(model.declared_at(&instance.resource));
            break;
        }
    }
    let off = crate::eval::term::CondId::FALSE;
    for instance in model.resources.iter().chain(&model.others) {
        match instance.condition == off {
            true => outcome.not_deployed.push(identity(selection, &model, instance)),
            false if !selection.checks_type(&type_of(&model, instance)) => {
                outcome.others.push(identity(selection, &model, instance))
            }
            false => {}
        }
    }
    outcome.reached = model.reached;
    outcome.problems = eval.take_problems();
    Ok(outcome)
}

/// Answers a group in order, up to the first rule that does not pass.
///
/// # Errors
/// The rule that fails to answer.
fn check_group(
    failed: &FailedRules,
    model: &Model<'_, '_>,
    selection: &Selection,
    group: &[Arc<Rule>],
    instance: &Instance,
    ty: &str,
    (proposer, out): (&fix::Proposer<'_>, &mut ContextOutcome),
) -> Result<(), Broken> {
    for rule in group.iter().filter(|rule| rule.checks_type(ty)) {
        let passed = match failed.contains_key(&rule.id) {
            true => {
                let cause = model.eval.outside("a failure of armguard itself");
                out.add_undetermined(undetermined(model, instance, rule, &[], &[cause]));
                false
            }
            false => caught(|| passes(model, selection, rule, instance, (proposer, out)))
                .map_err(|error| (rule.id.clone(), model.declared_at(&instance.resource), error))?,
        };
        if !passed && rule.group.is_some() {
            break;
        }
    }
    Ok(())
}

/// Whether `rule` passes. If it does not, the finding or undetermined check is added to the outcome.
fn passes(
    model: &Model<'_, '_>,
    selection: &Selection,
    rule: &Rule,
    instance: &Instance,
    (proposer, out): (&fix::Proposer<'_>, &mut ContextOutcome),
) -> bool {
    let verdict = decide(model.eval, instance.condition, &|world| {
        let input = CheckInput { model, world, instance };
        Ok(match answer(&input, rule)? {
            Answer::Yes => model::WorldAnswer::Pass,
            Answer::No(misses) => model::WorldAnswer::Fail(misses),
            Answer::Unknown(terms) => model::WorldAnswer::Unknown(terms),
        })
    });
    let sensor = sensor_of(model, instance, rule);
    match verdict {
        // What came out of the limit is no verdict.
        _ if model.eval.is_exhausted() => {
            let limit = model.eval.limit_term();
            if selection.reports(rule) {
                out.add_undetermined(undetermined(model, instance, rule, &[], &[limit]));
            }
        }
        Verdict::Pass => return true,
        Verdict::Fail(..) | Verdict::Undetermined { .. } if !selection.reports(rule) => {}
        Verdict::Fail(..) | Verdict::Undetermined { .. } if sensor.is_some() => {
            out.elsewhere.extend(sensor.map(|sensor| (sensor, identity(selection, model, instance))));
        }
        Verdict::Fail(misses, assumed) => {
            let world = World::new(model.eval, assumed);
            for miss in misses.iter() {
                out.find(finding(model, &world, instance, rule, miss, proposer));
            }
        }
        Verdict::Undetermined { atoms, terms } => {
            out.add_undetermined(undetermined(model, instance, rule, &atoms, &terms));
        }
    }
    false
}

/// What installs the sensor that `rule` needs, when templates do not.
fn sensor_of(model: &Model<'_, '_>, instance: &Instance, rule: &Rule) -> Option<Sensor> {
    match rule.needs? {
        Need::Sensor => model.config_of(&instance.resource)?.defender.sensor.map(|(sensor, _)| sensor),
    }
}

fn answer(input: &CheckInput<'_, '_, '_>, rule: &Rule) -> Result<Answer, model::Split> {
    let guard = rule.when.as_ref().map(|when| input.answer(when)).transpose()?;
    let applies = match guard {
        Some(Answer::No(_)) => return Ok(Answer::Yes),
        Some(Answer::Unknown(terms)) => Some(terms),
        Some(Answer::Yes) | None => None,
    };
    let answer = match &rule.check {
        Check::Require(condition) => input.answer(condition)?,
        Check::Native(name) => match native::of_resources(name) {
            Some(check) => check(input)?,
            // `build.rs` cannot see which checks there are; a test does.
            None => Answer::Unknown(vec![input.model.eval.outside(&format!("the native check `{name}`"))]),
        },
    };
    // Where it is not known whether the rule applies, only a pass is certain.
    Ok(match (applies, answer) {
        (Some(terms), Answer::No(_) | Answer::Unknown(_)) => Answer::Unknown(terms),
        (_, answer) => answer,
    })
}

fn type_of(model: &Model<'_, '_>, instance: &Instance) -> Str {
    model.eval.with_declared(&instance.resource, |declared| declared.ty.clone()).unwrap_or_default()
}

/// A declaration and the calls to it, outermost first.
pub(in crate::lint) type DeclarationPath = (Span, Vec<Span>);

/// The identity of a resource that would be deployed: a hash of declarations and places in loops, from the root down.
fn identity(selection: &Selection, model: &Model<'_, '_>, instance: &Instance) -> u64 {
    let calls = model.eval.call_path(instance.resource.frame);
    let parts = calls.iter().chain([&*instance.resource]);
    selection.hash_of(&parts.map(|part| (model.declared_at(part), &part.key)).collect::<Vec<_>>())
}

fn subject(model: &Model<'_, '_>, resource: &ResourceRef) -> Subject {
    let eval = model.eval;
    let (ty, name) = eval.with_declared(resource, |declared| (declared.ty.clone(), declared.name));
    let name = name.map(|name| eval.print(&eval.eval(&eval.scope_of(resource), name))).unwrap_or_default();
    Subject {
        resource_type: ty.unwrap_or_default(),
        title: eval.title_of(resource),
        name,
        declared: model.declared_at(resource),
        call_path: eval
            .call_path(resource.frame)
            .iter()
            .map(|call| Call { title: eval.title_of(call), declared: model.declared_at(call) })
            .collect(),
    }
}

/// Which instance: its place in its loops, those of the calls to it included.
fn instance_name(model: &Model<'_, '_>, resource: &ResourceRef) -> String {
    let calls = model.eval.call_path(resource.frame);
    let keys: Vec<String> = calls
        .iter()
        .chain([resource])
        .filter(|part| !part.key.is_empty())
        .map(|part| {
            let at: Vec<String> = part.key.iter().map(|at| at.map_or("*".into(), |at| at.to_string())).collect();
            format!("{}[{}]", model.eval.title_of(part), at.join("]["))
        })
        .collect();
    let name = model.eval.with_declared(resource, |declared| declared.name);
    match (keys.is_empty(), name.map(|name| model.eval.eval(&model.eval.scope_of(resource), name))) {
        (true, _) => String::new(),
        (false, Some(Value::Str(name))) => format!("`{name}`"),
        (false, _) => format!("`{}`", keys.join(" ")),
    }
}

pub(super) fn finding(
    model: &Model<'_, '_>,
    world: &World<'_, '_>,
    instance: &Instance,
    rule: &Rule,
    miss: &Miss,
    proposer: &fix::Proposer<'_>,
) -> Draft<Finding> {
    let resource = &instance.resource;
    let subject = subject(model, resource);
    let default = model::CommonLabels::default();
    let word = |name: &str| rule.labels.get(name).map(String::as_str);
    let words = model::CommonLabels {
        left_out: word("left-out").unwrap_or(default.left_out),
        branch: word("branch").unwrap_or(default.branch),
    };
    let why = model::explain(world, resource, &miss.path, words);
    let missing = if why.missing.is_empty() {
        miss.path.last().map(|name| name.to_string()).unwrap_or_default()
    } else {
        why.missing.clone()
    };
    let noun = rule.noun(&subject.resource_type).map_or("resource", |noun| &**noun);
    let input = CheckInput { model, world, instance };
    let version = input.api_version().ok().and_then(Result::ok).map(|(version, _)| version);
    let mut values: Vec<(&str, &str)> = vec![("name", &subject.title), ("noun", noun), ("missing", &missing)];
    values.extend(miss.values.iter().map(|(name, value)| (*name, value.as_str())));
    let text = |text: &str| fill(text, &values);
    // What a filter does not select, and a resource that is not there, are absent without being null.
    let is_null =
        !miss.path.is_empty() && matches!(model.lookup(world, instance, &miss.path), Ok(model::Lookup::Absent { .. }));
    let label_for = |outcome: &str| rule.labels.get(outcome).map(|label| text(label));

    // The label of a missing property or of a default explains that itself. Otherwise the rule's label is used.
    let item = match (&*miss.outcome, why.is_value, why.label.is_empty()) {
        (_, _, false) => why.label.clone(),
        (ABSENT, true, true) if is_null => "null here".into(),
        (outcome, ..) => label_for(outcome).unwrap_or_else(|| "decided here".into()),
    };
    let primary = Label { span: why.primary, text: item };
    let mut related = why.related;
    related.extend(
        miss.places
            .iter()
            .map(|(span, name)| Label { span: *span, text: label_for(name).unwrap_or_else(|| name.clone()) }),
    );
    related.extend(also(&input, rule, &text));
    let mut shown = vec![primary.span];
    related.retain(|label| {
        !shown.contains(&label.span) && !model.eval.project.is_known(label.span.file) && {
            shown.push(label.span);
            true
        }
    });
    let fallback = why.written;
    let item = Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        message: text(rule.message.of(&miss.outcome, version)),
        primary,
        related,
        help: text(rule.help.of(miss.help.unwrap_or(&miss.outcome), version)),
        fixes: proposer.propose(&input, rule, &miss.path).into_iter().collect(),
        link: rule.links.first().cloned(),
        subject,
        path: miss.path.join("."),
        decided_by: if why.is_value && why.decided_by == DecidedBy::Absent {
            DecidedBy::Literal
        } else {
            why.decided_by
        },
        instances: Vec::new(),
        contexts: Vec::new(),
        other_contexts: Vec::new(),
        checked_contexts: 1,
        occurrences: Vec::new(),
    };
    Draft { item, instance: instance_name(model, resource), fallback }
}

/// The other places of the resource that the rule wants shown.
fn also(input: &CheckInput<'_, '_, '_>, rule: &Rule, text: &dyn Fn(&str) -> String) -> Vec<Label> {
    let CheckInput { model, world, instance } = *input;
    let mut labels = Vec::new();
    for also in &rule.also_label {
        if let Some(when) = &also.when
            && !matches!(input.answer(when), Ok(Answer::Yes))
        {
            continue;
        }
        let path = names(&also.at);
        let at = match path.as_slice() {
            [name] if name.eq_ignore_ascii_case("apiVersion") => {
                let version = model.eval.with_declared(&instance.resource, |declared| declared.api_version);
                version.map(|version| model.eval.span_of(instance.resource.frame, version))
            }
            path => match model.lookup(world, instance, path) {
                // Something empty is not something that is set.
                Ok(model::Lookup::Value(value)) if matches!(&model.eval.known(&value), Value::Str(text) if text.is_empty()) => {
                    None
                }
                Ok(model::Lookup::Absent { .. }) | Err(_) => None,
                Ok(_) if !matches!(model.declares(world, instance, path), Ok(true)) => None,
                Ok(found) => {
                    let why = model::explain(world, &instance.resource, path, model::CommonLabels::default());
                    // In an open object a property may be missing.
                    let written = why.missing.is_empty() || matches!(found, model::Lookup::Value(_));
                    written.then_some(why.primary)
                }
            },
        };
        labels.extend(at.map(|span| Label { span, text: text(&also.text) }));
    }
    labels
}

pub(super) fn undetermined(
    model: &Model<'_, '_>,
    instance: &Instance,
    rule: &Rule,
    atoms: &[AtomId],
    terms: &[TermId],
) -> Draft<Undetermined> {
    let eval = model.eval;
    let mut depends_on: Vec<String> = Vec::new();
    let deciders = atoms
        .iter()
        .flat_map(|atom| eval.atom_deciders(*atom))
        .chain(terms.iter().flat_map(|term| eval.deciders(*term)));
    for decider in deciders {
        if !depends_on.contains(&decider) {
            depends_on.push(decider);
        }
    }
    let subject = subject(model, &instance.resource);
    let primary = Label { span: subject.declared, text: "cannot be decided from the template".into() };
    let item =
        Undetermined { rule: rule.id.clone(), severity: rule.severity, depends_on, primary: primary.clone(), subject };
    Draft { item, instance: instance_name(model, &instance.resource), fallback: primary }
}
