//! For which template a JSON parameter file is, when it does not say so itself.
//!
//! By name: `main.parameters.json` and `main.dev.parameters.json` are for `main.bicep` or `main.json`.
//! Otherwise by fit: the one template beside it that declares all of its names and needs no others.

use std::path::Path;

use super::{Content, Project, UnitId};
use crate::template::{ParameterFile, Template};

impl Project {
    /// The template that the parameter file `id` is for, by its name or by its parameters.
    pub(super) fn match_template(&self, id: UnitId) -> Option<UnitId> {
        let Content::Parameters(parameters) = &self.unit(id).content else { return None };
        let path = &self.unit(id).path;
        let is_json = path.extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("bicepparam"));
        is_json.then(|| self.by_name(path).or_else(|| self.by_fit(path, parameters))).flatten()
    }

    fn by_name(&self, path: &Path) -> Option<UnitId> {
        let is_template = |id: &UnitId| matches!(self.unit(*id).content, Content::Template(_));
        let folder = path.parent().unwrap_or(Path::new(""));
        template_stems(path).into_iter().find_map(|stem| {
            let beside = ["bicep", "json", "jsonc"].map(|extension| folder.join(format!("{stem}.{extension}")));
            beside.iter().filter_map(|path| self.unit_at(path)).find(is_template)
        })
    }

    /// The only template in the same folder that the parameters fit; several would be a guess.
    fn by_fit(&self, path: &Path, parameters: &ParameterFile) -> Option<UnitId> {
        let folder = path.parent();
        let mut fitting = self.units().filter(|(id, unit)| match &unit.content {
            Content::Template(template) => {
                unit.path.parent() == folder && !self.is_compiled_copy(*id) && fits(template, parameters)
            }
            Content::Parameters(_) | Content::Other => false,
        });
        match (fitting.next(), fitting.next()) {
            (Some((id, _)), None) => Some(id),
            _ => None,
        }
    }
}

/// Whether `template` declares all that `parameters` gives, and all that it requires is given.
fn fits(template: &Template, parameters: &ParameterFile) -> bool {
    let given = |name: &str| parameters.assignments.iter().any(|given| given.name.eq_ignore_ascii_case(name));
    let declared = parameters.assignments.iter().all(|given| template.param(&given.name).is_some());
    let required = template.params.iter().filter(|param| param.default.is_none() && !param.nullable);
    !parameters.assignments.is_empty() && declared && required.into_iter().all(|param| given(&param.name))
}

/// The file names, without extension, that templates of this parameter file can have, the nearest first.
fn template_stems(path: &Path) -> Vec<String> {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let is_mark = |part: &&str| part.eq_ignore_ascii_case("parameters") || part.eq_ignore_ascii_case("parameter");
    let parts: Vec<&str> = name.split('.').collect();
    if !parts.iter().any(is_mark) {
        return Vec::new();
    }
    let parts: Vec<&str> = parts.into_iter().filter(|part| !is_mark(part)).collect();
    (1..=parts.len()).rev().map(|count| parts[..count].join(".")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        #[rustfmt::skip]
        let cases: &[(&str, &[&str])] = &[
            ("a/main.parameters.json", &["main"]),
            ("main.dev.parameters.json", &["main.dev", "main"]),
            ("main.parameters.dev.json", &["main.dev", "main"]),
            ("azuredeploy.Parameters.json", &["azuredeploy"]),
            ("parameters.json", &[]),
            ("parameters.prod.json", &["prod"]),
            ("settings.json", &[]),
        ];
        for (path, expected) in cases {
            assert_eq!(template_stems(Path::new(path)), *expected, "{path}");
        }
    }
}
