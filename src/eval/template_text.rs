//! The text of a template that is a value, with holes for what is not known in it.
//!
//! Where a template has an expression anyway, a hole is one: a parameter, to which the frame of the template binds the
//! value. What gives a template its structure (its lists of resources, and their types) has to be known; where
//! conditions decide it, each case has a text of its own.

use super::Evaluator;
use super::frame::Holes;
use super::limits;
use super::term::{Cause, CondId};
use super::value::{Object, Part, Value};

/// How many conditions at most decide the structure of one template.
const MOST_SPLITS: u32 = limits::ASSUMPTIONS as u32;

/// One case of a template that is a value.
pub(super) struct TemplateCase {
    /// Where it applies.
    pub(super) when: CondId,
    /// The template, as JSON.
    pub(super) text: String,
    /// What its holes hold.
    pub(super) holes: Holes,
}

/// Why there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoText {
    /// Something in its structure is not known before deployment.
    Unknown,
    /// Something in its structure is known, but not shown.
    Hidden,
    /// It is nested too deeply, too large, or has too many cases.
    TooMuch,
}

/// What ends the writing of one case.
enum Stop {
    /// The structure depends on this condition.
    Split(CondId),
    None(NoText),
}

impl From<NoText> for Stop {
    fn from(none: NoText) -> Self {
        Self::None(none)
    }
}

impl Evaluator<'_> {
    /// The templates that `value` may be, and why there are no more.
    pub(super) fn template_cases(&self, value: &Value) -> (Vec<TemplateCase>, Option<NoText>) {
        let (mut cases, mut missing) = (Vec::new(), None);
        self.add_cases(value, CondId::TRUE, MOST_SPLITS, &mut cases, &mut missing);
        (cases, missing)
    }

    fn add_cases(
        &self,
        value: &Value,
        when: CondId,
        splits: u32,
        cases: &mut Vec<TemplateCase>,
        missing: &mut Option<NoText>,
    ) {
        if when == CondId::FALSE {
            return;
        }
        let mut writer = Writer::new(self);
        match writer.template(value) {
            Ok(()) if writer.deploys_nothing => {}
            Ok(()) => cases.push(TemplateCase { when, text: writer.out, holes: writer.holes }),
            Err(Stop::Split(cond)) if splits > 0 && cases.len() < limits::CASES => {
                for side in [cond, self.with_store(|store| store.not(cond))] {
                    let when = self.with_store(|store| store.and(when, side));
                    self.where_holds(side, || self.add_cases(value, when, splits - 1, cases, missing));
                }
            }
            Err(Stop::Split(_)) => *missing = Some(NoText::TooMuch),
            // What is known but not checked is worse than what cannot be known.
            Err(Stop::None(none)) if none != NoText::Unknown || missing.is_none() => *missing = Some(none),
            Err(Stop::None(_)) => {}
        }
    }

    /// Whether `value` has text in it that would be an expression in a template.
    fn makes_expressions(&self, value: &Value) -> bool {
        let Ok(_level) = self.step() else { return true };
        match value {
            Value::Str(text) => text.starts_with('['),
            Value::Text(parts) => matches!(parts.first(), Some(Part::Text(text)) if text.starts_with('[')),
            Value::Choice(choice) => self.makes_expressions(&choice.1) || self.makes_expressions(&choice.2),
            Value::Array(array) => array.items.iter().any(|slot| self.makes_expressions(&self.force(slot))),
            Value::Object(object) => object.members.iter().any(|(_, slot)| self.makes_expressions(&self.force(slot))),
            hidden @ Value::Hidden(_) => self.makes_expressions(&self.known(hidden)),
            _ => false,
        }
    }
}

struct Writer<'w, 'p> {
    eval: &'w Evaluator<'p>,
    out: String,
    holes: Holes,
    /// No resource was met, and none may have been left out.
    deploys_nothing: bool,
}

/// Members with their values.
type Members = Vec<(crate::source::Str, Value)>;

impl<'w, 'p> Writer<'w, 'p> {
    fn new(eval: &'w Evaluator<'p>) -> Self {
        Self { eval, out: String::new(), holes: Holes::default(), deploys_nothing: true }
    }

    fn template(&mut self, value: &Value) -> Result<(), Stop> {
        let members = self.members(value)?;
        let is = |key: &str, name: &str| key.eq_ignore_ascii_case(name);
        self.out.push('{');
        for (key, value) in members.iter().filter(|(key, _)| !is(key, "parameters")) {
            self.key(key);
            if is(key, "resources") {
                self.resources(value)?
            } else {
                self.value(value)?
            }
            self.out.push(',');
        }
        // The holes are parameters, too, and all of them are known only now.
        self.key("parameters");
        self.out.push('{');
        let own = members.iter().find(|(key, _)| is(key, "parameters"));
        let own = own.map(|(_, value)| self.members(value)).transpose()?.unwrap_or_default();
        for (at, (key, value)) in own.iter().enumerate() {
            self.comma(at);
            self.key(key);
            self.value(value)?;
        }
        for at in 0..self.holes.values.len() {
            self.comma(own.len() + at);
            self.key(&Holes::name(at));
            self.out.push_str(r#"{"type":"object"}"#);
        }
        self.out.push_str("}}");
        Ok(())
    }

    /// A list of resources, or resources by their symbolic names.
    fn resources(&mut self, value: &Value) -> Result<(), Stop> {
        let value = self.settled(value.clone())?;
        let Value::Array(array) = &value else {
            let members = self.members(&value)?;
            let mut written = 0;
            self.out.push('{');
            for (key, value) in &members {
                if let Some(members) = self.resource(value)? {
                    self.comma(written);
                    written += 1;
                    self.key(key);
                    self.write_resource(&members)?;
                }
            }
            self.out.push('}');
            return Ok(());
        };
        if array.open.is_some() {
            self.leave_out();
        }
        let mut written = 0;
        self.out.push('[');
        for slot in &array.items {
            if let Some(members) = self.resource(&self.eval.force(slot))? {
                self.comma(written);
                written += 1;
                self.write_resource(&members)?;
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// The members of a resource, if its type is known.
    fn resource(&mut self, value: &Value) -> Result<Option<Members>, Stop> {
        let members = match self.members(value) {
            Err(Stop::None(NoText::Unknown)) => Vec::new(),
            members => members?,
        };
        let ty = members.iter().find(|(key, _)| key.eq_ignore_ascii_case("type"));
        match ty.map(|(_, ty)| self.settled(ty.clone())).transpose()? {
            Some(Value::Str(_)) => Ok(Some(members)),
            Some(Value::Hidden(_)) => Err(NoText::Hidden.into()),
            _ => {
                self.leave_out();
                Ok(None)
            }
        }
    }

    const fn leave_out(&mut self) {
        (self.holes.leaves_out, self.deploys_nothing) = (true, false);
    }

    fn write_resource(&mut self, members: &Members) -> Result<(), Stop> {
        self.deploys_nothing = false;
        self.out.push('{');
        for (at, (key, value)) in members.iter().enumerate() {
            self.comma(at);
            self.key(key);
            match &**key {
                key if key.eq_ignore_ascii_case("resources") => self.resources(value)?,
                key if key.eq_ignore_ascii_case("type") => self.value(&self.settled(value.clone())?)?,
                _ => self.value(value)?,
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// What `value` is under what is assumed.
    fn settled(&self, mut value: Value) -> Result<Value, Stop> {
        while let Value::Choice(choice) = &value {
            value = match self.eval.assumed(choice.0) {
                Some(true) => choice.1.clone(),
                Some(false) => choice.2.clone(),
                None => return Err(Stop::Split(choice.0)),
            };
        }
        Ok(value)
    }

    /// The members of an object that is a part of the structure: those that are certainly there.
    fn members(&self, value: &Value) -> Result<Members, Stop> {
        let object = match self.settled(value.clone())? {
            Value::Object(object) if object.open.is_none() => object,
            Value::Hidden(_) => return Err(NoText::Hidden.into()),
            _ => return Err(NoText::Unknown.into()),
        };
        let mut members = Members::with_capacity(object.members.len());
        for (key, slot) in &object.members {
            let presence = self.eval.presence(slot);
            match self.eval.assumed(presence) {
                Some(true) => members.push((key.clone(), self.eval.force(slot))),
                Some(false) => {}
                None => return Err(Stop::Split(presence)),
            }
        }
        Ok(members)
    }

    /// A value as it is, or a hole.
    fn value(&mut self, value: &Value) -> Result<(), Stop> {
        let Ok(_level) = self.eval.step() else { return Err(NoText::TooMuch.into()) };
        match value {
            Value::Null | Value::Absent => self.out.push_str("null"),
            Value::Bool(known) => self.out.push_str(if *known { "true" } else { "false" }),
            Value::Int(number) => self.out.push_str(&number.to_string()),
            Value::Number(text) => self.out.push_str(text),
            Value::Str(text) => self.text(text),
            Value::Array(array) if array.open.is_none() => {
                self.out.push('[');
                for (at, slot) in array.items.iter().enumerate() {
                    self.comma(at);
                    self.value(&self.eval.force(slot))?;
                }
                self.out.push(']');
            }
            Value::Object(object) => self.object(object, value)?,
            other => self.hole(other),
        }
        if self.out.len() > limits::TEXT { Err(NoText::TooMuch.into()) } else { Ok(()) }
    }

    fn object(&mut self, object: &Object, value: &Value) -> Result<(), Stop> {
        let Some(members) = self.eval.known_members(object) else {
            self.hole(value);
            return Ok(());
        };
        self.out.push('{');
        for (at, (key, slot)) in members.into_iter().enumerate() {
            self.comma(at);
            self.key(key);
            let value = self.eval.force(slot);
            let (start, holes) = (self.out.len(), self.holes.values.len());
            self.value(&value)?;
            // A template inside has names of its own, so that no hole of this one can stand in it.
            if key.eq_ignore_ascii_case("template") && self.holes.values.len() > holes {
                self.out.truncate(start);
                self.holes.values.truncate(holes);
                self.hole(&value);
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn hole(&mut self, value: &Value) {
        let name = Holes::name(self.holes.values.len());
        self.text(&format!("[parameters('{name}')]"));
        self.holes.values.push(match self.eval.makes_expressions(value) {
            true => self.eval.because(Cause::Outside("an expression that another one makes".into())),
            false => value.clone(),
        });
    }

    fn key(&mut self, key: &str) {
        self.text(key);
        self.out.push(':');
    }

    fn comma(&mut self, at: usize) {
        self.out.push_str(if at > 0 { "," } else { "" });
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }
}

impl TemplateCase {
    /// A template that deploys each of several `cases` under its condition, as a deployment called `title` that is
    /// given `arguments`.
    pub(super) fn all(cases: Vec<Self>, title: &str, eval: &Evaluator<'_>, arguments: &Value) -> Self {
        let mut writer = Writer::new(eval);
        writer.holes.by_case = true;
        writer.out.push_str(r#"{"resources":["#);
        for (at, case) in cases.into_iter().enumerate() {
            writer.comma(at);
            writer.out.push_str(r#"{"type":"Microsoft.Resources/deployments","apiVersion":"2022-09-01","name":"#);
            writer.text(title);
            writer.out.push_str(r#","condition":"#);
            writer.hole(&eval.boolean(case.when));
            let holes = case.holes.values.into_iter().enumerate();
            let holes = holes.map(|(at, value)| (Holes::name(at), Value::object([("value", value)])));
            let given = eval.merge(arguments.clone(), Value::object(holes));
            writer.out.push_str(r#","properties":{"mode":"Incremental","parameters":"#);
            let name = Holes::name(writer.holes.values.len());
            writer.text(&format!("[parameters('{name}')]"));
            writer.holes.values.push(given);
            writer.out.push_str(r#","expressionEvaluationOptions":{"scope":"inner"},"template":"#);
            writer.out.push_str(&case.text);
            writer.out.push_str("}}");
            writer.holes.leaves_out |= case.holes.leaves_out;
        }
        writer.out.push_str(r#"],"parameters":{"#);
        for at in 0..writer.holes.values.len() {
            writer.comma(at);
            writer.key(&Holes::name(at));
            writer.out.push_str(r#"{"type":"object"}"#);
        }
        writer.out.push_str("}}");
        Self { when: CondId::TRUE, text: writer.out, holes: writer.holes }
    }
}
