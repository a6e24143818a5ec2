//! Lowering of real ARM templates: nothing in them is a problem, and its speed.

mod corpus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use armguard::json;
use armguard::source::FileId;
use armguard::template::{self, DeploymentSource, ExprKind, JsonFileKind, Template};

/// Counts over a template and all inside it.
#[derive(Debug, Default)]
struct Census {
    templates: usize,
    resources: usize,
    deployments: usize,
    conditions: usize,
    loops: usize,
    existing: usize,
    scopes: usize,
    undeclared: usize,
    exprs: usize,
}

impl Census {
    fn count(&mut self, template: &Template) {
        self.templates += 1;
        self.exprs += template.exprs.len();
        self.undeclared += template.exprs.iter().filter(|e| matches!(e.kind, ExprKind::Undeclared(_))).count();
        for resource in &template.resources {
            self.resources += 1;
            self.conditions += usize::from(resource.condition.is_some());
            self.loops += usize::from(resource.for_each.is_some());
            self.existing += usize::from(resource.existing);
            self.scopes += usize::from(resource.scope.is_some());
            self.deployments += usize::from(resource.deployment.is_some());
            if let Some(DeploymentSource::Inline(inner)) = resource.deployment.as_ref().map(|d| &d.source) {
                self.count(inner);
            }
        }
    }
}

#[test]
fn real_templates_lower_without_problem() {
    let Some(files) = corpus::json_files("") else { return };
    let mut census = Census::default();
    let mut parameter_files = 0;
    for (path, text) in &files {
        let document = json::parse(text);
        let kind = template::sniff_json(&document);
        assert!(kind == JsonFileKind::Other || template::may_be_arm(text), "{path}");
        match kind {
            JsonFileKind::Template => {
                let template = template::lower_arm(FileId(0), &document);
                if !template.problems.is_empty() {
                    println!("{path}: {:?}", template.problems);
                }
                let before = census.undeclared;
                census.count(&template);
                if census.undeclared > before {
                    println!(
                        "{path}: undeclared {:?}",
                        template.exprs.iter().filter(|e| matches!(e.kind, ExprKind::Undeclared(_))).collect::<Vec<_>>()
                    );
                }
            }
            JsonFileKind::Parameters => {
                let file = template::lower_json_parameters(FileId(0), &document);
                if !file.body.problems.is_empty() {
                    println!("{path}: {:?}", file.body.problems);
                }
                parameter_files += 1;
            }
            JsonFileKind::Other => {
                if path.ends_with("main.json") {
                    println!("other: {path}");
                }
            }
        }
    }
    println!("{census:#?}\n{parameter_files} parameter files");
}

#[test]
#[ignore = "a measurement, for --release"]
fn speed() {
    let Some(files) = corpus::json_files("avm") else { return };
    let files: Vec<_> = files.into_iter().filter(|(path, _)| path.ends_with("main.json")).collect();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let best = |run: &dyn Fn(&str)| {
        let time = || {
            let start = Instant::now();
            files.iter().for_each(|(_, text)| run(text));
            start.elapsed()
        };
        (0..5).map(|_| time()).min().unwrap_or(Duration::MAX)
    };
    let show = |name, time: Duration| println!("{name}: {:.0} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    println!("{} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    show("parse and lower", best(&|text| drop(black_box(template::lower_arm(FileId(0), &json::parse(text))))));
    show("serde_json", best(&|text| drop(black_box(serde_json::from_str::<serde_json::Value>(text)))));
}
