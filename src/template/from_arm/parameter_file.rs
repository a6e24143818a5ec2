//! JSON parameter files.

use super::{Lowering, Shared, distinct_members};
use crate::json::{Document, Member, Value, ValueKind};
use crate::source::{FileId, TextRange};
use crate::template::{Assignment, Callee, ExprId, ExprKind, ParameterFile};

/// The parameter file in `document`, which is the whole of `file`: `parameters` in an object of the
/// schema for parameter files, or the bare `{ "name": { "value": … } }` that the CLI takes as well.
pub fn lower_json_parameters(file: FileId, document: &Document<'_>) -> ParameterFile {
    let mut shared = Shared::new(file, document);
    let whole = TextRange::new(0, document.text().len() as u32);
    let mut lowering = Lowering::new(&mut shared, whole);
    lowering.expressions = false;
    let mut using = None;
    let mut assignments = Vec::new();
    if let Some(root) = document.root() {
        let named = root.get_ignore_case("metadata").and_then(|metadata| metadata.get_ignore_case("template"));
        using = named.and_then(|named| Some((lowering.literal(named)?, named.range())));
        let bare = root.get_ignore_case("$schema").is_none().then_some(root);
        if let Some(parameters) = root.get_ignore_case("parameters").or(bare) {
            if parameters.kind() != ValueKind::Object {
                lowering.expected("`parameters` is an object", parameters);
            }
            assignments = distinct_members(parameters).into_iter().map(|member| lowering.assignment(member)).collect();
        }
    }
    let mut body = lowering.template;
    body.problems = shared.into_problems();
    ParameterFile { body: body.into(), using, extends: None, assignments }
}

impl<'d> Lowering<'_, 'd> {
    fn assignment(&mut self, member: Member<'d>) -> Assignment {
        let given = member.value();
        let value = match (given.get_ignore_case("value"), given.get_ignore_case("reference")) {
            (Some(value), _) => self.value(value),
            (None, Some(reference)) => self.secret(reference),
            (None, None) => match given.get_ignore_case("expression") {
                Some(expression) => self.as_expression(expression),
                None => {
                    self.expected("a parameter is given as `{ \"value\": … }` or `{ \"reference\": … }`", given);
                    self.unreadable(given.range())
                }
            },
        };
        Assignment {
            name: self.shared.strings.get(&member.key()),
            name_range: member.key_value().content_range(),
            value,
        }
    }

    /// A secret of a key vault, as a call like Bicep's `getSecret`, with the vault's id and the name.
    fn secret(&mut self, reference: Value<'d>) -> ExprId {
        let vault = reference.get_ignore_case("keyVault").and_then(|vault| vault.get_ignore_case("id"));
        let parts = [vault, reference.get_ignore_case("secretName")];
        let args: Box<[ExprId]> = parts.into_iter().flatten().map(|part| self.value(part)).collect();
        let callee = Callee::Builtin(self.shared.strings.get("getsecret"));
        self.push(ExprKind::call(callee, args), reference.range())
    }

    /// The one place of a parameter file where a string may be an expression.
    fn as_expression(&mut self, value: Value<'d>) -> ExprId {
        self.expressions = true;
        let id = self.value(value);
        self.expressions = false;
        id
    }
}
