//! Smaller projects of which the same is true.

use crate::expr::{Expr, Kind};
use crate::program::{Project, Template};

/// Steps after which [`shrink`] ends.
const MOST_TRIES: usize = 400;

/// The smallest project that [`smaller`] leads to from `project` while `fails` stays true of it.
pub fn shrink(project: &Project, fails: &dyn Fn(&Project) -> bool) -> Project {
    let mut best = project.clone();
    let mut tries = 0;
    loop {
        let next = smaller(&best).take(MOST_TRIES.saturating_sub(tries)).find(|candidate| {
            tries += 1;
            fails(candidate)
        });
        match next {
            Some(next) => best = next,
            None => return best,
        }
    }
}

/// Projects that are a step smaller: without a part, or with an expression made simpler. Those that lose most come first.
/// What refers to a part that is gone is left as it is; whoever tries them leaves those out that break by that.
pub fn smaller(project: &Project) -> impl Iterator<Item = Project> {
    without_parts(project).chain(simpler(project))
}

fn edited(project: &Project, edit: impl FnOnce(&mut Project)) -> Project {
    let mut copy = project.clone();
    edit(&mut copy);
    copy
}

fn without_parts(project: &Project) -> impl Iterator<Item = Project> {
    let files = (0..project.parameter_files.len()).map(|at| edited(project, |it| drop(it.parameter_files.remove(at))));
    let configuration = project.configuration.iter().map(|_| edited(project, |it| it.configuration = None));
    let values = (0..project.parameter_files.len()).flat_map(|file| {
        let count = project.parameter_files.get(file).map_or(0, |file| file.values.len());
        (0..count).map(move |at| {
            edited(project, |it| {
                it.parameter_files.get_mut(file).map(|file| file.values.remove(at));
            })
        })
    });
    let templates = (0..project.templates.len()).flat_map(|number| {
        project.templates.get(number).into_iter().flat_map(template_edits).map(move |edit| {
            edited(project, |it| {
                it.templates.get_mut(number).map(edit);
            })
        })
    });
    files.chain(configuration).chain(templates.collect::<Vec<_>>()).chain(values.collect::<Vec<_>>())
}

/// An edit that takes something out of a template.
type TemplateEdit = Box<dyn FnOnce(&mut Template)>;

fn template_edits(template: &Template) -> Vec<TemplateEdit> {
    let mut edits: Vec<TemplateEdit> = Vec::new();
    for at in 0..template.calls.len() {
        edits.push(Box::new(move |it| drop(it.calls.remove(at))));
        edits.push(Box::new(move |it| it.calls[at].condition = None));
        for arg in 0..template.calls[at].args.len() {
            edits.push(Box::new(move |it| drop(it.calls[at].args.remove(arg))));
        }
    }
    for (at, resource) in template.resources.iter().enumerate() {
        edits.push(Box::new(move |it| drop(it.resources.remove(at))));
        if resource.condition.is_some() {
            edits.push(Box::new(move |it| it.resources[at].condition = None));
        }
        if resource.ignore.is_some() {
            edits.push(Box::new(move |it| it.resources[at].ignore = None));
        }
        for member in 0..resource.body.len() {
            edits.push(Box::new(move |it| drop(it.resources[at].body.remove(member))));
        }
    }
    (0..template.outputs.len()).for_each(|at| edits.push(Box::new(move |it| drop(it.outputs.remove(at)))));
    (0..template.variables.len()).for_each(|at| edits.push(Box::new(move |it| drop(it.variables.remove(at)))));
    (0..template.functions.len()).for_each(|at| edits.push(Box::new(move |it| drop(it.functions.remove(at)))));
    (0..template.params.len()).for_each(|at| edits.push(Box::new(move |it| drop(it.params.remove(at)))));
    if template.linked {
        edits.push(Box::new(|it| it.linked = false));
    }
    if template.ignore.is_some() {
        edits.push(Box::new(|it| it.ignore = None));
    }
    edits
}

/// Projects in which one expression is replaced by one that is simpler.
fn simpler(project: &Project) -> impl Iterator<Item = Project> {
    let mut expressions = Vec::new();
    project.clone().expressions_mut(&mut |expr| expressions.push(expr.clone()));
    let templates = project.templates.clone();
    let edits = expressions.into_iter().enumerate().flat_map(move |(at, expr)| {
        let simpler = simpler_than(&expr, &templates);
        simpler.into_iter().map(move |simpler| (at, simpler))
    });
    edits.map(|(at, simpler)| {
        edited(project, |it| {
            let mut count = 0;
            it.expressions_mut(&mut |expr| {
                if count == at {
                    *expr = simpler.clone();
                }
                count += 1;
            });
        })
    })
}

/// Simpler forms of `expr`: one of the values that it chooses from, what a name stands for, and the same inside of it.
fn simpler_than(expr: &Expr, templates: &[Template]) -> Vec<Expr> {
    let mut forms: Vec<Expr> = Vec::new();
    match (&expr.kind, &expr.args[..]) {
        (Kind::If, [_, then, otherwise]) => forms.extend([then.clone(), otherwise.clone()]),
        (Kind::Binary(_), [left, right]) => forms.extend([left.clone(), right.clone()]),
        (Kind::Not, [of]) => forms.push(of.clone()),
        (Kind::Call("union" | "concat"), [left, right]) => forms.extend([left.clone(), right.clone()]),
        (Kind::User(_), [_, kept, ..]) => forms.push(kept.clone()),
        (Kind::Var(name), _) => {
            let variables = templates.iter().flat_map(|template| &template.variables);
            forms.extend(variables.filter(|it| it.name == *name).map(|it| it.value.clone()));
        }
        (Kind::Param(name), _) => {
            let params = templates.iter().flat_map(|template| &template.params);
            forms.extend(params.filter(|it| it.name == *name).map(|it| it.example.clone()));
        }
        (Kind::Member { name, .. }, [Expr { kind: Kind::Object(keys), args }]) => {
            let members = keys.iter().zip(args).filter(|(key, _)| key.as_ref() == Some(name));
            forms.extend(members.map(|(_, value)| value.clone()));
        }
        (Kind::Object(keys), values) => forms.extend((0..values.len()).map(|at| {
            let (mut keys, mut values) = (keys.clone(), values.to_vec());
            keys.remove(at);
            values.remove(at);
            Expr::new(Kind::Object(keys), values)
        })),
        (Kind::Array(spread), items) => forms.extend((0..items.len()).map(|at| {
            let (mut spread, mut items) = (spread.clone(), items.to_vec());
            spread.remove(at);
            items.remove(at);
            Expr::new(Kind::Array(spread), items)
        })),
        _ => {}
    }
    for (at, arg) in expr.args.iter().enumerate() {
        for simpler in simpler_than(arg, templates) {
            let mut args = expr.args.clone();
            if let Some(slot) = args.get_mut(at) {
                *slot = simpler;
            }
            forms.push(Expr::new(expr.kind.clone(), args));
        }
    }
    forms
}
