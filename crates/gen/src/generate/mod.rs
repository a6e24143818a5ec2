//! From choices to a project.

mod builder;
mod resources;
mod template;
mod value;

use crate::entropy::Entropy;
use crate::knobs::Knobs;
use crate::program::{Configuration, Parameter, ParameterFile, Project, Template, Type};
use builder::Builder;

/// The project that `entropy` chooses among those that `knobs` allow.
pub fn project(knobs: &Knobs, entropy: &mut Entropy<'_>) -> Project {
    let modules = entropy.below(knobs.modules + 1);
    // Modules are made first, since a call passes what its module declares; the last one calls none.
    let mut templates: Vec<Template> = Vec::new();
    for number in (0..=modules).rev() {
        let name = if number == 0 { "main".to_owned() } else { format!("module{number}") };
        let callees: Vec<(usize, &Template)> = (number + 1..).zip(templates.iter().rev()).collect();
        let template = Builder::new(knobs, entropy, name, &callees).template();
        templates.push(template);
    }
    templates.reverse();
    let params: &[Parameter] = templates.first().map_or(&[], |main| &main.params);
    let count = entropy.below(knobs.parameter_files + 1);
    let names = ["dev", "prod", "test"];
    let parameter_files = names.iter().take(count).map(|name| parameter_file(name, params, entropy)).collect();
    let configuration = entropy.chance(knobs.ignores).then(|| configuration(params, entropy));
    Project { templates, parameter_files, configuration }
}

fn parameter_file(name: &str, params: &[Parameter], entropy: &mut Entropy<'_>) -> ParameterFile {
    let mut values = Vec::new();
    for param in params {
        // What nothing else gives is given here, mostly: a file that leaves it out deploys nothing.
        let percent = if param.default.is_none() && !param.nullable { 80 } else { 40 };
        if entropy.chance(percent) {
            let value = match param.allowed.is_empty() {
                true => value::vary(&param.example, entropy),
                false => param.example.clone(),
            };
            values.push((param.name.clone(), value));
        }
    }
    ParameterFile { name: name.to_owned(), values, json: entropy.chance(40) }
}

fn configuration(params: &[Parameter], entropy: &mut Entropy<'_>) -> Configuration {
    let workspaces = ["/subscriptions/*/resourceGroups/*/providers/Microsoft.OperationalInsights/workspaces/law-*"];
    let plain = |param: &&Parameter| matches!(param.ty, Type::Bool | Type::Int) && param.allowed.is_empty();
    let plain: Vec<&Parameter> = params.iter().filter(plain).collect();
    let context = match plain.get(entropy.below(plain.len())) {
        Some(param) if entropy.chance(40) => Some((param.name.clone(), value::vary(&param.example, entropy))),
        _ => None,
    };
    Configuration {
        severity: entropy.chance(40).then_some("low"),
        workspaces: if entropy.chance(30) { workspaces.to_vec() } else { Vec::new() },
        sensor_by_policy: entropy.chance(10),
        require_reason: entropy.chance(30),
        context,
    }
}
