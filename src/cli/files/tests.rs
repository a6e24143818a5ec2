//! Files are whole, whatever stands in their way.

use std::fs;
use std::sync::{Mutex, PoisonError};

use super::*;

/// A process makes one change at a time, which a signal may interrupt; so do these tests, of which several run at once.
static ONE_CHANGE: Mutex<()> = Mutex::new(());

fn write_edits(edits: Edits<'_>) -> Result<(), (PathBuf, io::Error)> {
    let _one = ONE_CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    edits.write()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("armguard-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn changed(path: PathBuf) -> ChangedFile {
    ChangedFile { path, before: "old".into(), after: "new".into(), secrets: Default::default() }
}

/// Writes all of `changes`; `None` when some are skipped.
fn change(changes: &[ChangedFile], root: &Path) -> Result<Option<()>, (PathBuf, io::Error)> {
    let (edits, skipped) = prepare(changes, &[root.to_owned()])?;
    if !skipped.is_empty() {
        return Ok(None);
    }
    write_edits(edits).map(Some)
}

#[test]
fn nothing_is_written_unless_all_can_be() {
    let folder = folder("all-or-nothing");
    let changes = ["a", "b", "c"].map(|name| changed(folder.join(name)));
    let write = |texts: [&str; 3]| {
        for (changed, text) in changes.iter().zip(texts) {
            fs::write(&changed.path, text).unwrap();
        }
    };
    let read = || changes.each_ref().map(|changed| fs::read_to_string(&changed.path).unwrap());

    write(["old", "old", "old"]);
    assert_eq!(change(&changes, &folder).unwrap(), Some(()));
    assert_eq!(read(), ["new", "new", "new"]);

    write(["old", "other", "old"]);
    let (path, error) = change(&changes, &folder).unwrap_err();
    assert_eq!((path, read()), (folder.join("b"), ["old", "other", "old"].map(String::from)));
    assert_eq!(error.to_string(), "it has changed since it was read; no file was changed");

    write(["old", "old", "old"]);
    fs::remove_file(&changes[2].path).unwrap();
    fs::create_dir(&changes[2].path).unwrap();
    assert_eq!(change(&changes, &folder).unwrap(), None);
    assert_eq!(names(&folder), ["a", "b", "c"], "nothing is left beside them");
    fs::remove_dir_all(&folder).unwrap();
}

/// Somebody else saves the second file between the two looks at it.
#[test]
fn changed_at_the_last_moment() {
    let folder = folder("last-moment");
    let changes = ["a", "b", "c"].map(|name| changed(folder.join(name)));
    changes.iter().for_each(|changed| fs::write(&changed.path, "old").unwrap());
    let (edits, _) = prepare(&changes, std::slice::from_ref(&folder)).unwrap();
    assert_eq!(names(&folder).len(), 6);
    fs::write(&changes[1].path, "other").unwrap();
    let (path, error) = write_edits(edits).unwrap_err();
    assert_eq!(path, changes[1].path);
    let [a, b, c] = changes.each_ref().map(|changed| changed.path.display());
    let expected = format!("it has changed since it was read; written: `{a}`; not written: `{b}`, `{c}`");
    assert_eq!(error.to_string(), expected);
    let texts = changes.each_ref().map(|changed| fs::read_to_string(&changed.path).unwrap());
    assert_eq!((names(&folder).len(), texts), (3, ["new", "other", "old"].map(String::from)));
    fs::remove_dir_all(&folder).unwrap();
}

/// What a killed process left is neither in the way nor written to.
#[test]
fn leftovers() {
    let folder = folder("leftovers");
    let path = folder.join("a");
    let leftover = folder.join(format!(".armguard-{}-0.tmp", std::process::id()));
    fs::write(&leftover, "half").unwrap();
    replace(&path, b"new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_to_string(&leftover).unwrap(), "half");
    fs::remove_dir_all(&folder).unwrap();
}

/// A folder that becomes a link after a file in it was looked at: what is written stays in the folder that was opened.
#[cfg(unix)]
#[test]
fn a_folder_swapped_for_a_link() {
    let folder = folder("swapped");
    let (project, victim) = (folder.join("project"), folder.join("victim"));
    for sub in [project.join("sub"), victim.clone()] {
        fs::create_dir_all(&sub).unwrap();
        fs::write(sub.join("a"), "old").unwrap();
    }
    let changes = [changed(project.join("sub/a"))];
    let (edits, _) = prepare(&changes, std::slice::from_ref(&project)).unwrap();
    fs::rename(project.join("sub"), project.join("moved")).unwrap();
    std::os::unix::fs::symlink(&victim, project.join("sub")).unwrap();
    write_edits(edits).unwrap();
    assert_eq!(fs::read_to_string(victim.join("a")).unwrap(), "old");
    assert_eq!(fs::read_to_string(project.join("moved/a")).unwrap(), "new");
    assert_eq!(names(&victim), ["a"]);
    // And who comes later does not go through the link.
    assert_eq!(change(&changes, &project).unwrap(), None);
    assert!(
        replace(&project.join("sub/out"), b"x").is_ok(),
        "in no project, where a path leads is the user's business"
    );
    fs::create_dir(project.join(".git")).unwrap();
    let refused = replace(&project.join("sub/out"), b"x").unwrap_err();
    assert_eq!(refused.to_string(), "`sub` on the way there is a symbolic link");
    fs::remove_dir_all(&folder).unwrap();
}
