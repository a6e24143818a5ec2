//! Lowering of real ARM templates: nothing in them is a problem, both forms of a compiled program
//! declare the same, and the speed.

use crate::support::corpus;

use armguard::json;
use armguard::source::FileId;
use armguard::template::{self, DeploymentSource, ExprKind, JsonFileKind, Template};

/// Counts over templates and all inside them.
#[derive(Debug, Default)]
struct Census {
    templates: usize,
    resources: usize,
    deployments: usize,
    conditions: usize,
    loops: usize,
    existing: usize,
    scopes: usize,
    expressions: usize,
    undeclared: usize,
}

impl Census {
    fn count(&mut self, template: &Template) {
        self.templates += 1;
        self.expressions += template.exprs.len();
        self.undeclared += template.exprs.iter().filter(|e| matches!(e.kind, ExprKind::Undeclared(_))).count();
        for resource in &template.resources {
            self.resources += 1;
            self.conditions += usize::from(resource.condition.is_some());
            self.loops += usize::from(resource.for_each.is_some());
            self.existing += usize::from(resource.existing);
            self.scopes += usize::from(resource.scope.is_some());
            self.deployments += usize::from(resource.deployment.is_some());
        }
        inner_templates(template).for_each(|inner| self.count(inner));
    }
}

fn inner_templates(template: &Template) -> impl Iterator<Item = &Template> {
    let deployments = template.resources.iter().filter_map(|resource| resource.deployment.as_ref());
    deployments.filter_map(|deployment| match &deployment.source {
        DeploymentSource::Inline(inner) => Some(&**inner),
        _ => None,
    })
}

fn lower(text: &str) -> Template {
    template::lower_arm(FileId(0), &json::parse(text))
}

#[test]
fn real_templates_and_parameter_files_lower_without_problem() {
    let Some(files) = corpus::json_files() else { return };
    let mut census = Census::default();
    let (mut templates, mut parameter_files) = (0, 0);
    for (path, text) in &files {
        let kind = template::sniff_json(&json::parse(text));
        assert!(kind == JsonFileKind::Other || template::may_be_arm(text), "{path}");
        let problems = match kind {
            JsonFileKind::Template => {
                let template = lower(text);
                let mut own = Census::default();
                own.count(&template);
                assert!(own.undeclared == 0 || !template.compiled, "{path}: the compiler declares all names");
                templates += 1;
                census.count(&template);
                template.problems
            }
            JsonFileKind::Parameters => {
                parameter_files += 1;
                template::lower_json_parameters(FileId(0), &json::parse(text)).body.problems.clone()
            }
            JsonFileKind::Other => Vec::new(),
        };
        assert_eq!(problems, [], "{path}");
    }
    corpus::tell(&format!("{templates} templates, {parameter_files} parameter files; in them {census:#?}"));
}

/// What a template declares, `existing` resources and names left out, which the two forms write differently.
fn declared(template: &Template) -> Vec<String> {
    let resources = template.resources.iter().filter(|resource| !resource.existing);
    let mut lines: Vec<_> = resources
        .map(|r| format!("{:?} if {} for {}", r.ty, r.condition.is_some(), r.for_each.is_some()))
        .chain(template.outputs.iter().map(|output| format!("output {}", output.name)))
        .chain(template.params.iter().map(|param| format!("param {} {:?} {}", param.name, param.ty, param.secure)))
        .chain(inner_templates(template).flat_map(declared))
        .collect();
    lines.sort();
    lines
}

#[test]
fn both_language_versions_declare_the_same() {
    let Some(files) = corpus::json_files() else { return };
    let mut pairs = 0;
    for (path, text) in &files {
        let Some(stem) = path.strip_suffix(".symbolicnames.json") else { continue };
        let Some((_, classic)) = files.iter().find(|(path, _)| *path == format!("{stem}.json")) else { continue };
        assert_eq!(declared(&lower(text)), declared(&lower(classic)), "{path}");
        pairs += 1;
    }
    corpus::tell(&format!("{pairs} pairs declare the same"));
}
