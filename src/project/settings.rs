//! Values from a configuration or from the command line, as parameter files.

use std::sync::Arc;

use crate::config::{LiteralKind, Setting, SettingValue};
use crate::json::{self, Value, ValueKind};
use crate::source::{FileId, SourceFile, TextRange};
use crate::template::{
    Assignment, ExprId, ExprKind, Item, Language, Member, MemberKey, ParamType, ParameterFile, Template,
};

/// What the command line's values are called where a file is expected.
pub(super) const COMMAND_LINE: &str = "--param";

/// The parameter file that `settings`, written in `file`, make.
pub(super) fn of_configuration(file: FileId, settings: &[Setting]) -> ParameterFile {
    let mut body = Template::new(file, Language::Arm, TextRange::default());
    let assignments = settings
        .iter()
        .map(|setting| Assignment {
            name: setting.name.as_str().into(),
            name_range: setting.name_range,
            value: literal(&mut body, &setting.value),
        })
        .collect();
    ParameterFile { body: Arc::new(body), using: None, extends: None, assignments }
}

fn literal(body: &mut Template, value: &SettingValue) -> ExprId {
    let kind = match &value.kind {
        LiteralKind::Bool(value) => ExprKind::Bool(*value),
        LiteralKind::Int(number) => ExprKind::Int(*number),
        LiteralKind::Number(text) => ExprKind::Number(text.as_str().into()),
        LiteralKind::Str(text) => ExprKind::Str(text.as_str().into()),
        LiteralKind::Array(items) => {
            let items: Vec<Item> = items.iter().map(|item| Item::Value(literal(body, item))).collect();
            ExprKind::Array { items: items.into(), open: false }
        }
        LiteralKind::Object(members) => {
            let members: Vec<Member> = members
                .iter()
                .map(|member| Member {
                    key: MemberKey::Name(member.name.as_str().into()),
                    key_range: member.name_range,
                    value: literal(body, &member.value),
                })
                .collect();
            ExprKind::Object { members: members.into(), open: false }
        }
    };
    body.push(kind, value.range)
}

/// The text that stands for what was typed: one `name=value` a line.
pub(super) fn command_line(values: &[(String, String)]) -> SourceFile {
    let lines: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    SourceFile::new(COMMAND_LINE, lines.join("\n"))
}

/// The parameter file that typed `values`, which stand in `file`, make for `template`; `None` when it has none
/// of the parameters. As with the Azure CLI, the type of a parameter decides how its value is read.
pub(super) fn of_command_line(file: FileId, values: &[(String, String)], template: &Template) -> Option<ParameterFile> {
    let mut body = Template::new(file, Language::Arm, TextRange::default());
    let (mut assignments, mut start) = (Vec::new(), 0);
    for (name, value) in values {
        let name_range = TextRange::new(start, start + name.len() as u32);
        let range = TextRange::new(name_range.end + 1, name_range.end + 1 + value.len() as u32);
        start = range.end + 1;
        let Some(param) = template.param(name).and_then(|id| template.params.get(id.0 as usize)) else { continue };
        let typed = ExprKind::Str(value.as_str().into());
        let document = json::parse(value);
        let value = match (param.ty, document.root()) {
            (ParamType::String, _) | (_, None) => body.push(typed, range),
            (_, Some(_)) if !document.problems().is_empty() => body.push(typed, range),
            (_, Some(root)) => of_json(&mut body, root, range),
        };
        assignments.push(Assignment { name: param.name.clone(), name_range, value });
    }
    // What is typed last counts.
    assignments.reverse();
    (!assignments.is_empty()).then(|| ParameterFile { body: Arc::new(body), using: None, extends: None, assignments })
}

/// A value of JSON text; the parser limits how deep it is nested.
fn of_json(body: &mut Template, value: Value<'_>, range: TextRange) -> ExprId {
    let kind = match value.kind() {
        ValueKind::Null => ExprKind::Null,
        ValueKind::True => ExprKind::Bool(true),
        ValueKind::False => ExprKind::Bool(false),
        ValueKind::Number => match value.raw().parse() {
            Ok(number) => ExprKind::Int(number),
            Err(_) => ExprKind::Number(value.raw().into()),
        },
        ValueKind::String => ExprKind::Str(value.as_str().unwrap_or_default().as_ref().into()),
        ValueKind::Array => {
            let items: Vec<Item> = value.items().map(|item| Item::Value(of_json(body, item, range))).collect();
            ExprKind::Array { items: items.into(), open: false }
        }
        ValueKind::Object => {
            let members: Vec<Member> = value
                .members()
                .map(|member| Member {
                    key: MemberKey::Name(member.key().as_ref().into()),
                    key_range: range,
                    value: of_json(body, member.value(), range),
                })
                .collect();
            ExprKind::Object { members: members.into(), open: false }
        }
        ValueKind::Unreadable => ExprKind::Unreadable,
    };
    body.push(kind, range)
}
