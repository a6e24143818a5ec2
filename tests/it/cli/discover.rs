//! Which files are looked at.

use std::path::{Path, PathBuf};

use armguard::discover::{Discovery, discover};
use armguard::source::ProblemCode;

use crate::support::cli_folder::Folder;

/// What is found, relative to `folder`; `!` stands before a file that was named.
fn found(folder: &Folder, paths: &[&str]) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| folder.0.join(path)).collect();
    let Discovery { found, problems, .. } = discover(&paths).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let shown = |path: &Path| path.strip_prefix(&folder.0).unwrap().to_string_lossy().into_owned();
    found.iter().map(|found| format!("{}{}", if found.named { "!" } else { "" }, shown(&found.path))).collect()
}

#[test]
fn folders_and_files() {
    let folder = Folder::new(
        "discover",
        &[
            ("main.bicep", ""),
            ("Upper.BICEP", ""),
            ("dev.bicepparam", ""),
            ("azure.json", ""),
            ("comments.jsonc", ""),
            ("readme.md", ""),
            ("bicep", ""),
            (".hidden.bicep", ""),
            (".config/x.bicep", ""),
            (".gitignore", "out/\n*.tmp.json\n"),
            ("out/made.json", ""),
            ("x.tmp.json", ""),
            ("node_modules/p/package.json", ""),
            ("sub/node_modules/p/package.json", ""),
            ("sub/deep/er/x.bicep", ""),
        ],
    );
    let all = ["Upper.BICEP", "azure.json", "comments.jsonc", "dev.bicepparam", "main.bicep", "sub/deep/er/x.bicep"];
    #[rustfmt::skip]
    let cases: &[(&[&str], &[&str])] = &[
        (&[""], &all),
        (&["sub"], &["sub/deep/er/x.bicep"]),
        // A file that is named is taken, whatever it is called and whatever excludes it.
        (&["readme.md", "x.tmp.json", ".hidden.bicep"], &["!.hidden.bicep", "!readme.md", "!x.tmp.json"]),
        (&["out/made.json", "node_modules/p/package.json"], &["!node_modules/p/package.json", "!out/made.json"]),
        // Each once, and named wins.
        (&["sub", "sub/deep", "sub/deep/er/x.bicep", "sub"], &["!sub/deep/er/x.bicep"]),
        (&[], &[]),
    ];
    for (paths, expected) in cases {
        assert_eq!(found(&folder, paths), *expected, "{paths:?}");
    }
}

#[test]
fn a_path_that_does_not_exist() {
    let folder = Folder::new("discover-missing", &[("a.bicep", "")]);
    let error = discover(&[folder.0.join("a.bicep"), folder.0.join("b.bicep")]).unwrap_err();
    assert!(error.to_string().ends_with("b.bicep` does not exist; name a file or a folder that does"), "{error}");
    let error = discover(&[folder.0.join("a.bicep/c")]).unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_and_odd_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let folder = Folder::new("discover-links", &[("sub/a.bicep", ""), ("elsewhere.txt", "")]);
    symlink(&folder.0, folder.0.join("sub/loop")).unwrap();
    symlink(folder.0.join("elsewhere.txt"), folder.0.join("link.bicep")).unwrap();
    symlink(folder.0.join("nowhere"), folder.0.join("broken.bicep")).unwrap();
    symlink(folder.0.join("self.bicep"), folder.0.join("self.bicep")).unwrap();
    assert_eq!(found(&folder, &[""]), ["broken.bicep", "link.bicep", "self.bicep", "sub/a.bicep"]);

    let odd = folder.0.join("sub").join(OsStr::from_bytes(b"\xff\xfe.bicep"));
    std::fs::write(&odd, "").unwrap();
    let names: Vec<PathBuf> = discover(&[folder.0.join("sub")]).unwrap().found.into_iter().map(|f| f.path).collect();
    assert_eq!(names, [folder.0.join("sub/a.bicep"), odd]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_a_problem() {
    use std::fs::{Permissions, read_dir, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("discover-closed", &[("a.bicep", ""), ("closed/b.bicep", "")]);
    let closed = folder.0.join("closed");
    set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    if read_dir(&closed).is_ok() {
        println!("this user may read everything: nothing to test");
        return;
    }
    let Discovery { found, problems, .. } = discover(std::slice::from_ref(&folder.0)).unwrap();
    let named = discover(std::slice::from_ref(&closed));
    set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, ProblemCode::UnreadableFile);
    assert!(problems[0].fails && problems[0].path.ends_with("closed"), "{problems:?}");
    assert!(named.unwrap_err().to_string().contains("check its permissions"));
}
