//! For which template a JSON parameter file is, when it does not name one itself.
//!
//! By name: `main.parameters.json` and `main.dev.parameters.json` are for `main.bicep` or `main.json`.
//! Otherwise by fit: the one template that declares all of its names and needs no others. Either is looked for
//! beside it, then in the folder above (`parameters/main.dev.json`), then in that folder's other ones
//! (`bicep/main.bicep`): where there is just one, it is the one.

use std::path::{Path, PathBuf};

use super::{Content, Project, UnitId};
use crate::source::{HashMap, HashSet, IdMap, normal_path};

/// What decides for which template a parameter file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Name,
    Fit,
}

/// How far a template is from its parameter file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distance {
    Beside,
    Above,
    Around,
}

impl Distance {
    const ALL: [Self; 3] = [Self::Beside, Self::Above, Self::Around];
}

/// The project's own templates by folder.
#[derive(Debug, Default)]
pub(super) struct Nearby {
    by_folder: HashMap<PathBuf, Group>,
    /// By the folder above theirs.
    by_parent: HashMap<PathBuf, Group>,
    /// The names of their parameters, in lower case.
    names: IdMap<UnitId, HashSet<String>>,
}

/// Templates at one distance.
#[derive(Debug, Default)]
struct Group {
    all: Vec<UnitId>,
    /// By file name without extension.
    by_stem: HashMap<String, Vec<UnitId>>,
}

impl Group {
    fn push(&mut self, id: UnitId, stem: &str) {
        self.all.push(id);
        self.by_stem.entry(stem.to_owned()).or_default().push(id);
    }

    fn called(&self, stem: &str) -> &[UnitId] {
        self.by_stem.get(stem).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Nearby {
    pub(super) fn new(project: &Project) -> Self {
        let mut nearby = Self::default();
        for (id, unit) in project.units().filter(|(_, unit)| unit.role.is_given()) {
            let Content::Template(template) = &unit.content else { continue };
            let Some(folder) = unit.path.parent().filter(|_| !project.is_compiled_copy(id)) else { continue };
            nearby.names.insert(id, template.params.iter().map(|param| param.name.to_ascii_lowercase()).collect());
            let stem = unit.path.file_stem().unwrap_or_default().to_string_lossy();
            nearby.by_folder.entry(folder.to_owned()).or_default().push(id, &stem);
            nearby.by_parent.entry(above(folder)).or_default().push(id, &stem);
        }
        nearby
    }

    /// The templates at `distance` from `folder`.
    fn at(&self, folder: &Path, distance: Distance) -> Option<&Group> {
        match distance {
            Distance::Beside => self.by_folder.get(folder),
            Distance::Above => self.by_folder.get(&above(folder)),
            Distance::Around => self.by_parent.get(&above(folder)),
        }
    }
}

/// The folder in which `folder` lies.
fn above(folder: &Path) -> PathBuf {
    normal_path(&folder.join(".."))
}

impl Project {
    /// The template that the parameter file `id` is for, by its name or by its parameters.
    pub(super) fn match_template(&self, id: UnitId) -> Option<(UnitId, By)> {
        let Content::Parameters(parameters) = &self.unit(id).content else { return None };
        let path = &self.unit(id).path;
        if path.extension().is_none_or(|extension| extension.eq_ignore_ascii_case("bicepparam")) {
            return None;
        }
        let folder = path.parent()?;
        let near = |distance| self.nearby.at(folder, distance);
        let given: HashSet<String> =
            parameters.assignments.iter().map(|given| given.name.to_ascii_lowercase()).collect();
        let by_name = Distance::ALL.into_iter().find_map(|distance| {
            // Farther away, the parameters must be there, too.
            let sure = |id: &UnitId| distance == Distance::Beside || self.declares_all(*id, &given);
            let near = near(distance)?;
            template_stems(path).into_iter().find_map(|stem| {
                let mut called = near.called(&stem).iter().filter(|id| sure(id));
                match (called.next(), called.next()) {
                    (Some(id), other) if other.is_none() || distance == Distance::Beside => Some(*id),
                    _ => None,
                }
            })
        });
        let by_fit = || {
            // Where several fit, any would be a guess, and so would one that is farther away.
            let fitting = |distance| {
                let all = near(distance).into_iter().flat_map(|near| &near.all);
                all.filter(|id| self.fits(**id, &given)).take(2).collect()
            };
            let nearest = Distance::ALL.into_iter().map(fitting).find(|fitting: &Vec<&UnitId>| !fitting.is_empty());
            match nearest?.as_slice() {
                [only] => Some((**only, By::Fit)),
                _ => None,
            }
        };
        by_name.map(|id| (id, By::Name)).or_else(by_fit)
    }

    /// Whether the template `id` declares all that is `given`, in lower case.
    fn declares_all(&self, id: UnitId, given: &HashSet<String>) -> bool {
        self.nearby.names.get(&id).is_some_and(|names| given.is_subset(names))
    }

    /// Whether it does, and all that it requires is given.
    fn fits(&self, id: UnitId, given: &HashSet<String>) -> bool {
        let Content::Template(template) = &self.unit(id).content else { return false };
        let mut required = template.params.iter().filter(|param| param.default.is_none() && !param.nullable);
        let is_given = |name: &str| given.contains(&name.to_ascii_lowercase());
        !given.is_empty() && self.declares_all(id, given) && required.all(|param| is_given(&param.name))
    }
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
