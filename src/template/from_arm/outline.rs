//! What a template may deploy, seen without lowering it.

use super::resource::is_full_type;
use crate::json::{Document, Value, ValueKind};

/// Whether the template in `document` may deploy a resource whose type `is_wanted`, or one of which that is not known.
///
/// Only what is written as a compiler writes it is known: objects, literal types, nested templates, and those that a
/// variable holds as an object. Everything else may be anything.
pub fn may_deploy(document: &Document<'_>, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    document.root().is_none_or(|root| Outline { is_wanted }.template(root, Variables::Of(root)))
}

/// Where a variable that holds a template is looked up.
#[derive(Clone, Copy)]
enum Variables<'d> {
    /// In this template.
    Of(Value<'d>),
    /// Nowhere: what is written is the value of a variable, in which expressions are evaluated once more.
    Unknown,
}

impl<'d> Variables<'d> {
    /// Where those of `template` are looked up, which stands here and has names of its own.
    const fn inside(self, template: Value<'d>) -> Self {
        match self {
            Self::Of(_) => Self::Of(template),
            Self::Unknown => Self::Unknown,
        }
    }
}

struct Outline<'a> {
    is_wanted: &'a dyn Fn(&str) -> bool,
}

impl Outline<'_> {
    // Two levels of JSON at least lie between a template or resource and one inside it, and the parser limits these.
    fn template(&self, template: Value<'_>, variables: Variables<'_>) -> bool {
        is_not_plain(template)
            || template.get_ignore_case("resources").is_some_and(|resources| self.resources(resources, "", variables))
    }

    fn resources(&self, resources: Value<'_>, parent: &str, variables: Variables<'_>) -> bool {
        match resources.kind() {
            ValueKind::Array => resources.items().any(|resource| self.resource(resource, parent, variables)),
            ValueKind::Object => {
                is_not_plain(resources)
                    || resources.members().any(|member| self.resource(member.value(), parent, variables))
            }
            _ => true,
        }
    }

    fn resource(&self, resource: Value<'_>, parent: &str, variables: Variables<'_>) -> bool {
        let written = resource.get_ignore_case("type").and_then(Value::as_str).filter(|ty| !ty.starts_with('['));
        let Some(written) = written.filter(|_| !is_not_plain(resource)) else { return true };
        let own = written.split_once('@').map_or(&*written, |(ty, _)| ty);
        let ty = if parent.is_empty() || is_full_type(own) { own.to_owned() } else { format!("{parent}/{own}") };
        let deploys = ty.eq_ignore_ascii_case("Microsoft.Resources/deployments");
        (self.is_wanted)(&ty)
            || deploys && self.deployment(resource, variables)
            || resource.get_ignore_case("resources").is_some_and(|children| self.resources(children, &ty, variables))
    }

    fn deployment(&self, deployment: Value<'_>, variables: Variables<'_>) -> bool {
        let properties = deployment.get_ignore_case("properties").filter(|properties| !is_not_plain(*properties));
        let Some(template) = properties.and_then(|properties| properties.get_ignore_case("template")) else {
            return true;
        };
        if template.kind() == ValueKind::Object {
            let options = properties.and_then(|properties| properties.get_ignore_case("expressionEvaluationOptions"));
            let scope = options.and_then(|options| options.get_ignore_case("scope")).and_then(Value::as_str);
            let is_inner = scope.is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
            return self.template(template, if is_inner { variables.inside(template) } else { Variables::Unknown });
        }
        let (Some(text), Variables::Of(around)) = (template.as_str(), variables) else { return true };
        let name = text.strip_prefix("[variables('").and_then(|text| text.strip_suffix("')]"));
        let named = |name| around.get_ignore_case("variables")?.get_ignore_case(name);
        match name.filter(|name| !name.contains('\'')).and_then(named) {
            Some(held) => self.template(held, Variables::Unknown),
            None => true,
        }
    }
}

/// Whether `value` is something else than an object whose keys are all written out and can all be seen.
fn is_not_plain(value: Value<'_>) -> bool {
    value.kind() != ValueKind::Object || value.is_open() || value.members().any(|member| member.key().starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn deployment(properties: &str) -> String {
        format!(
            r#"{{"variables": {{"v": {{"resources": [{{"type": "A.B/c"}}]}}, "w": {{"resources": [{{"type": "A.B/d"}}]}}, "x": "[json('{{}}')]"}},
                "resources": [{{"type": "Microsoft.Resources/deployments", "properties": {properties}}}]}}"#
        )
    }

    #[test]
    fn what_may_be_deployed() {
        let inner = r#""expressionEvaluationOptions": {"scope": "inner"}"#;
        #[rustfmt::skip]
        let cases = [
            (r#"{"resources": []}"#.to_owned(), false),
            (r#"{}"#.to_owned(), false),
            (r#"{"resources": [{"type": "A.B/c"}]}"#.to_owned(), true),
            (r#"{"resources": [{"type": "a.b/C@2024-01-01"}]}"#.to_owned(), true),
            (r#"{"resources": {"s": {"type": "A.B/d"}, "t": {"type": "A.B\/c"}}}"#.to_owned(), true),
            (r#"{"resources": [{"type": "A.B/d", "resources": [{"type": "e"}, {"type": "A.B/c"}]}]}"#.to_owned(), true),
            (r#"{"resources": [{"type": "A.B", "resources": [{"type": "c"}]}]}"#.to_owned(), true),
            (r#"{"resources": [{"type": "A.B/d", "resources": [{"type": "c"}]}]}"#.to_owned(), false),
            (r#"{"resources": [{"type": "[concat('A.B', '/c')]"}]}"#.to_owned(), true),
            (r#"{"resources": [{"name": "n"}]}"#.to_owned(), true),
            (r#"{"resources": ["[variables('v')]"]}"#.to_owned(), true),
            (r#"{"resources": "[variables('v')]"}"#.to_owned(), true),
            (r#"{"[concat('resour', 'ces')]": []}"#.to_owned(), true),
            (deployment(r#"{"template": {"resources": [{"type": "A.B/c"}]}}"#), true),
            (deployment(r#"{"template": {"resources": [{"type": "A.B/d"}]}}"#), false),
            (deployment(r#"{"template": "[variables('v')]"}"#), true),
            (deployment(r#"{"template": "[variables('w')]"}"#), false),
            (deployment(r#"{"template": "[variables('x')]"}"#), true),
            (deployment(r#"{"template": "[variables('y')]"}"#), true),
            (deployment(r#"{"template": "[parameters('w')]"}"#), true),
            (deployment(r#"{"[concat('templ', 'ate')]": {}, "template": {}}"#), true),
            (deployment(r#"{"templateLink": {"uri": "https://example.com"}}"#), true),
            (deployment(r#""[createObject()]""#), true),
            (deployment(&format!(r#"{{{inner}, "template": {{"variables": {{"w": {{"resources": [{{"type": "A.B/c"}}]}}}},
                "resources": [{{"type": "Microsoft.Resources/deployments", "properties": {{"template": "[variables('w')]"}}}}]}}}}"#)), true),
            (deployment(&format!(r#"{{{inner}, "template": {{"variables": {{"v": {{}}}},
                "resources": [{{"type": "Microsoft.Resources/deployments", "properties": {{"template": "[variables('v')]"}}}}]}}}}"#)), false),
            (deployment(r#"{"template": {"resources": [{"type": "Microsoft.Resources/deployments", "properties": {"template": "[variables('w')]"}}]}}"#), true),
        ];
        for (text, expected) in cases {
            let found = may_deploy(&json::parse(&text), &|ty| ty.eq_ignore_ascii_case("A.B/c"));
            assert_eq!(found, expected, "{text}");
        }
    }
}
