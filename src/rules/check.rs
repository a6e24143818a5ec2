//! Conditions answered over evaluated resources: yes, no, or what decides.

use std::rc::Rc;
use std::sync::Arc;

use rulefile::condition::{Absent, Condition, Items, Property, Related, ServiceDefault, Test, Whereabouts};
use rulefile::selector::{Literal, Selector, SelectorStep};
use rulefile::{ABSENT, ApiVersion, FAILED};

use super::answer::{Answer, CheckInput, Miss, equals};
use super::select::{Hit, SelectedValues, SelectionStart, select};
use crate::eval::term::TermId;
use crate::eval::{Part, Value};
use crate::model::{Lookup, Split, is_id_of, is_placeholder};
use crate::source::Str;

impl CheckInput<'_, '_, '_> {
    /// Answers `condition` for the resource.
    pub(crate) fn answer(&self, condition: &Condition) -> Result<Answer, Split> {
        self.answer_from(condition, &SelectionStart::Resource)
    }

    fn answer_from(&self, condition: &Condition, start: &SelectionStart) -> Result<Answer, Split> {
        match condition {
            Condition::All(parts) => conjunction(parts, |part| self.answer_from(part, start)),
            Condition::Any(parts) => self.any(parts, start),
            Condition::None(parts) => conjunction(parts, |part| self.not(part, start)),
            Condition::Not(part) => self.not(part, start),
            Condition::When(guard, part) => match self.answer_from(guard, start)? {
                Answer::Yes => self.answer_from(part, start),
                Answer::No(_) => Ok(Answer::Yes),
                // If the condition passes anyway, the guard does not matter.
                Answer::Unknown(terms) => match self.answer_from(part, start)? {
                    Answer::Yes => Ok(Answer::Yes),
                    _ => Ok(Answer::Unknown(terms)),
                },
            },
            Condition::Each(items, part) => self.each(items, part, start),
            Condition::ApiVersion(versions) => {
                let (version, text) = match self.api_version()? {
                    Ok(known) => known,
                    Err(term) => return Ok(Answer::Unknown(vec![term])),
                };
                let miss = Miss { values: vec![("api-version", text)], ..Miss::new(&["apiVersion"], FAILED) };
                Ok(if versions.contains(version) { Answer::Yes } else { miss.into() })
            }
            Condition::AttachedTo(ty) => Ok(match self.model.lies_on_type(self.instance, ty) {
                Ok(true) => Answer::Yes,
                Ok(false) => Miss::new(&["scope"], FAILED).into(),
                Err(term) => Answer::Unknown(vec![term]),
            }),
            Condition::Related(related) => self.related(related),
            Condition::Property(property) => self.property(property, start),
        }
    }

    fn not(&self, part: &Condition, start: &SelectionStart) -> Result<Answer, Split> {
        Ok(match self.answer_from(part, start)? {
            Answer::Unknown(terms) => Answer::Unknown(terms),
            Answer::No(_) => Answer::Yes,
            Answer::Yes => {
                let path = [start.path(), &first_path(part)].concat();
                Miss { depth: path.len(), path, outcome: FAILED.into(), ..Miss::default() }.into()
            }
        })
    }

    fn each(&self, items: &Items, part: &Condition, start: &SelectionStart) -> Result<Answer, Split> {
        let ty = self.model.eval.with_declared(&self.instance.resource, |declared| declared.ty.clone());
        let Some(selector) = ty.as_ref().and_then(|ty| items.of(ty)) else { return Ok(Answer::Yes) };
        let SelectedValues { hits, unknown } = select(self, start, selector.steps())?;
        let mut answers = Vec::with_capacity(hits.len() + 1);
        for hit in hits {
            let answer = match hit.lookup {
                Lookup::Unknown(term) => Answer::Unknown(vec![term]),
                Lookup::Absent { .. } => Answer::Yes,
                Lookup::Value(value) => {
                    let item = self.title_of(&hit.path, &value)?;
                    match self.answer_from(part, &SelectionStart::Item { path: hit.path, value })? {
                        Answer::No(misses) => Answer::No(misses.into_iter().map(|miss| miss.of_item(&item)).collect()),
                        answer => answer,
                    }
                }
            };
            answers.push(answer);
        }
        answers.extend((!unknown.is_empty()).then_some(Answer::Unknown(unknown)));
        Ok(every(answers))
    }

    /// What to call an item: its name, else its place in the array; the resource's properties are the resource.
    fn title_of(&self, path: &[Str], value: &Value) -> Result<String, Split> {
        let eval = self.model.eval;
        Ok(match self.world.settle(eval.member(value, "name"))? {
            name @ (Value::Str(_) | Value::Text(_)) if !eval.is_hidden(&name) => eval.print(&name),
            _ if path.len() < 2 => eval.title_of(&self.instance.resource),
            _ => path.iter().rev().take(2).rev().map(|name| &**name).collect(),
        })
    }

    /// Whether at least one of the related resources is as it should be.
    fn related(&self, related: &Related) -> Result<Answer, Split> {
        let (mut outcome, mut unknown) = (ABSENT, Vec::new());
        let others = match related.on {
            Whereabouts::Resource => self.model.on(&related.ty, self.instance),
            Whereabouts::Parent => self.model.under(&related.ty, self.instance),
            Whereabouts::SameParent => self.model.beside(&related.ty, self.instance),
            Whereabouts::Deployment => {
                let others = self.model.of_type(&related.ty);
                let others = others.filter(|other| !Rc::ptr_eq(&other.resource, &self.instance.resource));
                others.map(|other| (other, None)).collect()
            }
        };
        for (other, decides) in others {
            if !self.world.is_true(other.condition)? {
                continue;
            }
            let input = CheckInput { model: self.model, world: self.world, instance: other };
            let answer = related.require.as_ref().map_or(Ok(Answer::Yes), |require| input.answer(require))?;
            match (decides, answer) {
                (None, Answer::Yes) => return Ok(Answer::Yes),
                (None, Answer::No(_)) => outcome = FAILED,
                (Some(_), Answer::No(_)) => {}
                (Some(term), Answer::Yes) => unknown.push(term),
                (_, Answer::Unknown(terms)) => unknown.extend(terms),
            }
        }
        unknown.extend(self.model.not_followed());
        Ok(if unknown.is_empty() { Miss::new(&[], outcome).into() } else { Answer::Unknown(unknown) })
    }

    /// Passes if one of `parts` passes. If all fail, the one that came closest is reported.
    fn any(&self, parts: &[Condition], start: &SelectionStart) -> Result<Answer, Split> {
        let (mut closest, mut unknown) = (None::<Vec<Miss>>, Vec::new());
        for part in parts {
            match self.answer_from(part, start)? {
                Answer::Yes => return Ok(Answer::Yes),
                Answer::Unknown(terms) => unknown.extend(terms),
                Answer::No(misses) => {
                    let depth = |misses: &[Miss]| misses.first().map_or(0, |miss| miss.depth);
                    if closest.as_ref().is_none_or(|best| depth(&misses) > depth(best)) {
                        closest = Some(misses);
                    }
                }
            }
        }
        Ok(match closest {
            _ if !unknown.is_empty() => Answer::Unknown(unknown),
            Some(misses) => Answer::No(misses),
            None => Miss::new(&[], FAILED).into(),
        })
    }

    fn property(&self, property: &Property, start: &SelectionStart) -> Result<Answer, Split> {
        let SelectedValues { mut hits, unknown } = select(self, start, property.path.steps())?;
        if hits.is_empty() && unknown.is_empty() {
            // A filter that selects nothing: nothing is there.
            let path = [start.path(), &names(&property.path)].concat();
            hits.push(Hit { path, lookup: Lookup::Absent { null: false } });
        }
        let several =
            property.path.steps().iter().any(|step| matches!(step, SelectorStep::Wildcard | SelectorStep::Filter(_)));
        let mut answers = Vec::with_capacity(hits.len() + 1);
        for hit in hits {
            match self.test(property, hit, start)? {
                // One is enough to be there.
                Answer::Yes if several && property.test == Test::Exists(true) => return Ok(Answer::Yes),
                answer => answers.push(answer),
            }
        }
        answers.extend((!unknown.is_empty()).then_some(Answer::Unknown(unknown)));
        Ok(every(answers))
    }

    fn test(&self, property: &Property, hit: Hit, start: &SelectionStart) -> Result<Answer, Split> {
        let outcome = match hit.lookup {
            Lookup::Absent { .. } => ABSENT,
            _ => FAILED,
        };
        let passes = match (&hit.lookup, &property.test) {
            (Lookup::Unknown(term), _) => return Ok(Answer::Unknown(vec![*term])),
            (Lookup::Absent { .. }, Test::Exists(wanted)) => Ok(!wanted),
            (Lookup::Absent { .. }, _) => self.by_default(property)?,
            (Lookup::Value(value), test) => self.passes(value, test)?,
        };
        match passes {
            Ok(true) => Ok(Answer::Yes),
            Err(term) => Ok(Answer::Unknown(vec![term])),
            Ok(false) => {
                let depth = self.depth(&hit.path, start)?;
                Ok(Miss { path: hit.path, outcome: outcome.into(), depth, ..Miss::default() }.into())
            }
        }
    }

    /// Whether a property that is not declared is as it should be.
    fn by_default(&self, property: &Property) -> Result<Result<bool, TermId>, Split> {
        let default = match &property.absent {
            Absent::Always(default) => *default,
            Absent::ByVersion(by_version) => match self.api_version()? {
                Ok((version, _)) => by_version.of(version),
                Err(term) => return Ok(Err(term)),
            },
        };
        Ok(match default {
            ServiceDefault::Pass => Ok(true),
            ServiceDefault::Fail => Ok(false),
            ServiceDefault::Undetermined => {
                Err(self.model.eval.outside(&format!("what the service does without {}", property.path.in_words())))
            }
        })
    }

    /// How many names of `path` lead to something.
    fn depth(&self, path: &[Str], start: &SelectionStart) -> Result<usize, Split> {
        if matches!(start, SelectionStart::Item { .. }) {
            return Ok(path.len());
        }
        for names in 1..=path.len() {
            if let Lookup::Absent { .. } = self.model.lookup(self.world, self.instance, &path[..names])? {
                return Ok(names - 1);
            }
        }
        Ok(path.len())
    }

    /// Whether `value` passes `test`; the term that decides, when it is not known.
    fn passes(&self, value: &Value, test: &Test) -> Result<Result<bool, TermId>, Split> {
        let eval = self.model.eval;
        let known = eval.known(value);
        let unsure = || {
            Err(match value {
                Value::Str(text) if is_placeholder(text) => eval.outside(&format!("the placeholder `{text}`")),
                Value::Str(text) => eval.outside(&format!("what the service makes of the text `'{text}'`")),
                _ => eval.reify(value),
            })
        };
        let value = &known;
        Ok(match test {
            Test::Exists(wanted) => Ok(*wanted),
            Test::Equals(literal) => equals(value, literal).map_or_else(unsure, Ok),
            Test::In(literals) => {
                // Where the rule lists texts, it knows how booleans are written.
                let of_texts = matches!(value, Value::Str(_)) && literals.iter().any(|l| matches!(l, Literal::Str(_)));
                let listed = literals.iter().filter(|literal| !(of_texts && matches!(literal, Literal::Bool(_))));
                let answers: Vec<_> = listed.map(|literal| equals(value, literal)).collect();
                if answers.contains(&Some(true)) {
                    Ok(true)
                } else if answers.contains(&None) {
                    unsure()
                } else {
                    Ok(false)
                }
            }
            Test::NotEmpty => match value {
                Value::Str(text) => Ok(!text.is_empty()),
                Value::Id(_) => Ok(true),
                Value::Text(parts) => {
                    let written = parts.iter().any(|part| matches!(part, Part::Text(text) if !text.is_empty()));
                    if written { Ok(true) } else { unsure() }
                }
                Value::Array(array) if !array.items.is_empty() => Ok(true),
                Value::Array(array) => array.open.map_or(Ok(false), Err),
                Value::Object(object) => {
                    for (_, slot) in &object.members {
                        if !matches!(self.world.settle(eval.force(slot))?, Value::Absent) {
                            return Ok(Ok(true));
                        }
                    }
                    object.open.map_or(Ok(false), Err)
                }
                Value::Resource(_) | Value::Error(_) | Value::Hidden(_) => unsure(),
                _ => Ok(false),
            },
            Test::Matches(pattern) => match value {
                Value::Str(text) => Ok(pattern.is_match(text)),
                Value::Text(_) | Value::Id(_) | Value::Resource(_) | Value::Error(_) | Value::Hidden(_) => unsure(),
                _ => Ok(false),
            },
            Test::AtLeast(bound) => match value {
                Value::Int(number) => Ok(number >= bound),
                Value::Resource(_) | Value::Error(_) | Value::Hidden(_) => unsure(),
                _ => Ok(false),
            },
            Test::AtLeastVersion(bound) => match value {
                Value::Str(text) => match version_parts(text) {
                    Some(parts) => Ok(compare_versions(&parts, bound).is_ge()),
                    None => unsure(),
                },
                _ => unsure(),
            },
            Test::ResourceIdOf(ty) => match is_id_of(eval, value, ty) {
                Some(answer) => Ok(answer),
                None => unsure(),
            },
        })
    }

    /// The resource's api version and its text; the term that decides, when it is not known.
    pub(crate) fn api_version(&self) -> Result<Result<(ApiVersion, String), TermId>, Split> {
        let eval = self.model.eval;
        let version = eval.with_declared(&self.instance.resource, |declared| declared.api_version);
        let value = match version {
            Some(version) => self.world.settle(eval.eval(&eval.scope_of(&self.instance.resource), version))?,
            None => Value::Null,
        };
        Ok(match &eval.known(&value) {
            Value::Str(text) => match ApiVersion::parse(text) {
                Some(version) => Ok((version, eval.print(&value))),
                None if eval.is_hidden(&value) => Err(eval.reify(&value)),
                None => Err(eval.outside(&format!("the apiVersion `{text}`"))),
            },
            Value::Null | Value::Absent => Err(eval.outside("an apiVersion that is not written")),
            _ => Err(eval.reify(&value)),
        })
    }

    /// The resource's property at `path`.
    pub(crate) fn lookup(&self, path: &[&str]) -> Result<Lookup, Split> {
        let path: Vec<Str> = path.iter().map(|name| Str::from(*name)).collect();
        self.model.lookup(self.world, self.instance, &path)
    }
}

/// The first property that a condition checks.
fn first_path(condition: &Condition) -> Vec<Str> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) | Condition::None(parts) => {
            parts.first().map(first_path).unwrap_or_default()
        }
        Condition::Not(part) | Condition::When(_, part) => first_path(part),
        Condition::Each(items, _) => items.all().next().map(names).unwrap_or_default(),
        Condition::ApiVersion(_) => vec!["apiVersion".into()],
        Condition::AttachedTo(_) => vec!["scope".into()],
        Condition::Related(_) => Vec::new(),
        Condition::Property(property) => names(&property.path),
    }
}

/// The names at the start of a selector.
pub(crate) fn names(selector: &Selector) -> Vec<Str> {
    let name = |step: &SelectorStep| match step {
        SelectorStep::Member(name) => Some(Arc::clone(&name.written)),
        _ => None,
    };
    selector.steps().iter().map_while(name).collect()
}

/// Passes if all of `parts` pass. The first failure decides, even if an earlier part is unknown.
fn conjunction(parts: &[Condition], answer: impl Fn(&Condition) -> Result<Answer, Split>) -> Result<Answer, Split> {
    let mut unknown = Vec::new();
    for part in parts {
        match answer(part)? {
            Answer::Yes => {}
            no @ Answer::No(_) => return Ok(no),
            Answer::Unknown(terms) => unknown.extend(terms),
        }
    }
    Ok(if unknown.is_empty() { Answer::Yes } else { Answer::Unknown(unknown) })
}

/// Passes if all answers are yes. Every failure is reported.
fn every(answers: Vec<Answer>) -> Answer {
    let (mut misses, mut unknown) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Answer::Yes => {}
            Answer::No(more) => misses.extend(more),
            Answer::Unknown(terms) => unknown.extend(terms),
        }
    }
    match (misses.is_empty(), unknown.is_empty()) {
        (false, _) => Answer::No(misses),
        (true, true) => Answer::Yes,
        (true, false) => Answer::Unknown(unknown),
    }
}

fn version_parts(text: &str) -> Option<Vec<u32>> {
    text.trim_start_matches('v').split('.').map(|part| part.parse().ok()).collect()
}

fn compare_versions(a: &[u32], b: &[u32]) -> std::cmp::Ordering {
    let part = |parts: &[u32], at: usize| parts.get(at).copied().unwrap_or(0);
    let differ = (0..a.len().max(b.len())).map(|at| part(a, at).cmp(&part(b, at))).find(|order| order.is_ne());
    differ.unwrap_or(std::cmp::Ordering::Equal)
}
