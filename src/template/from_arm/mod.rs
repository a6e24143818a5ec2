//! Lowering of ARM JSON to the [`Template`] model.
//!
//! Names are resolved in two steps: first all declarations of a template get their ids, then
//! values are lowered. An inner-scoped nested template is a template of its own; an outer-scoped
//! one adds its resources to the template around it.
//!
//! Recursion follows the nesting of the JSON text and of expressions, which the parsers limit
//! ([`json::MAX_DEPTH`], [`crate::arm::MAX_DEPTH`]).

mod declarations;
mod deployment;
mod expr;
mod names;
mod outline;
mod parameter_file;
mod resource;
mod secrecy;
mod sniff;
mod value;

use names::{NameTable, SharedStrings};
pub use outline::may_deploy;
pub use parameter_file::lower_json_parameters;
pub use sniff::{JsonFileKind, may_be_arm, sniff_json};

use super::{ExprId, ExprKind, FunctionId, Language, LocalId, ParamId, ResourceId, Template, VariableId};
use crate::json::{self, Document, Value, ValueKind};
use crate::source::{FileId, Problem, Problems, Span, Str, TextRange};

/// The template in `document`, which is the whole of `file`. Problems of the JSON text and of
/// nested templates are among its own.
pub fn lower_arm(file: FileId, document: &Document<'_>) -> Template {
    let mut shared = Shared::new(file, document);
    let whole = TextRange::new(0, document.text().len() as u32);
    let mut template = match document.root() {
        Some(root) => Lowering::new(&mut shared, root.range()).template(root),
        None => Template::new(file, Language::Arm, whole),
    };
    template.problems = shared.into_problems();
    template
}

/// The template that `text` is, the value of an expression at `place`: all of it stands there.
pub fn lower_arm_value(place: Span, text: &str) -> Template {
    let mut template = lower_arm(place.file, &json::parse(text));
    template.relocate(place.range);
    template
}

/// What all templates of one file share.
struct Shared<'d> {
    file: FileId,
    text: &'d str,
    strings: SharedStrings,
    problems: Problems,
}

impl<'d> Shared<'d> {
    fn new(file: FileId, document: &'d Document<'d>) -> Self {
        Self {
            file,
            text: document.text(),
            strings: SharedStrings::default(),
            problems: document.problems().iter().cloned().collect(),
        }
    }

    fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort();
        self.problems.finish()
    }
}

/// Lowers one template.
struct Lowering<'s, 'd> {
    shared: &'s mut Shared<'d>,
    template: Template,
    /// The object of this template in the text.
    root: Option<Value<'d>>,
    params: NameTable<ParamId>,
    variables: NameTable<VariableId>,
    /// By `namespace.name`.
    functions: NameTable<FunctionId>,
    /// The `copy` loops around the current place, outermost first.
    loops: Vec<LoopFrame>,
    /// The lambda parameters visible at the current place, innermost last.
    lambda_params: Vec<(Str, LocalId)>,
    /// The parameters of the user function whose body is being lowered.
    function_params: Option<Vec<(Str, LocalId)>>,
    /// Strings may be expressions; in a parameter file they are not.
    expressions: bool,
    /// Language version 2 of the template, or outer-scoped nested template, being lowered.
    version2: bool,
    /// The outer-scoped nested deployment whose template is being lowered.
    deployed_by: Option<ResourceId>,
}

/// A `copy` loop.
struct LoopFrame {
    name: Option<Str>,
    index: LocalId,
    /// It makes a property or variable, so that `copyIndex()` needs its name.
    of_property: bool,
}

impl<'s, 'd> Lowering<'s, 'd> {
    fn new(shared: &'s mut Shared<'d>, range: TextRange) -> Self {
        Self {
            template: Template::new(shared.file, Language::Arm, range),
            shared,
            root: None,
            params: NameTable::default(),
            variables: NameTable::default(),
            functions: NameTable::default(),
            loops: Vec::new(),
            lambda_params: Vec::new(),
            function_params: None,
            expressions: true,
            version2: false,
            deployed_by: None,
        }
    }

    fn template(mut self, root: Value<'d>) -> Template {
        if root.kind() != ValueKind::Object {
            self.expected("a template is an object", root);
            return self.template;
        }
        self.root = Some(root);
        self.template.scope = sniff::scope(root);
        self.template.compiled = is_compiled_root(root);
        self.version2 = is_version2(root);
        self.secret_types(root);
        self.declarations(root);
        if let Some(resources) = root.get_ignore_case("resources") {
            self.resources(resources, None);
        }
        self.template.outputs = self.outputs(root);
        self.template
    }

    fn push(&mut self, kind: ExprKind, range: TextRange) -> ExprId {
        self.template.push(kind, range)
    }

    fn unreadable(&mut self, range: TextRange) -> ExprId {
        self.push(ExprKind::Unreadable, range)
    }

    /// The text of a JSON string as it stands; `None` for other values and for expressions.
    fn literal(&mut self, value: Value<'d>) -> Option<Str> {
        let text = value.as_str()?;
        let content = crate::arm::StringContent::of(value);
        (content == crate::arm::StringContent::Literal).then(|| self.shared.strings.get(&text))
    }

    /// Reports that something else stands here, unless the JSON parser did already.
    fn expected(&mut self, what: &str, found: Value<'d>) {
        if found.kind() != ValueKind::Unreadable {
            self.problem(found.head(), what);
        }
    }
}

/// Whether `document` names the Bicep compiler as its generator.
pub fn is_compiled(document: &Document<'_>) -> bool {
    document.root().is_some_and(is_compiled_root)
}

fn is_compiled_root(root: Value<'_>) -> bool {
    let generator = root.get_ignore_case("metadata").and_then(|metadata| metadata.get_ignore_case("_generator"));
    let name = generator.and_then(|generator| generator.get_ignore_case("name"));
    name.and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case("bicep"))
}

fn is_version2(root: Value<'_>) -> bool {
    let version = root.get_ignore_case("languageVersion").and_then(Value::as_str);
    version.is_some_and(|version| version.starts_with('2'))
}

/// Members of objects of which each is compared with each.
const FEW: usize = 16;

/// The members of `object` in order; of members with equal names (ASCII case ignored) only the last,
/// at the place of the first.
fn distinct_members<'d>(object: Value<'d>) -> Vec<json::Member<'d>> {
    let written: Vec<json::Member<'d>> = object.members().collect();
    // Nearly all objects are small and have each name once, which needs no table to see.
    let is_new = |(at, member): (usize, &json::Member<'d>)| {
        let key = member.key();
        !written[..at].iter().any(|earlier| earlier.is_called(&key))
    };
    if written.len() <= FEW && written.iter().enumerate().all(is_new) {
        return written;
    }
    let mut places = NameTable::<usize>::default();
    let mut members: Vec<json::Member<'d>> = Vec::new();
    for member in written {
        match places.get_or_insert(&member.key(), members.len()) {
            place if place < members.len() => members[place] = member,
            _ => members.push(member),
        }
    }
    members
}
