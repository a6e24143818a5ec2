//! Stack is an input: nesting ends at what the stack of a thread holds, and no input overflows it.
//!
//! An overflow ends the process, so each case runs in a process of its own: this binary, asked for [`child`].

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::eval::stack_cases::{Case, MODULE, Work, cases};
use armguard::autofix::fix_all;
use armguard::expand::{Request, default_place, expand};
use armguard::lint::{Found, Inputs, Options};
use armguard::project::{Project, with_stack};
use armguard::rules::RuleSet;
use armguard::source::stack::{Recursion, Row, TABLE};
use armguard::source::{MemoryFiles, Stack};

/// Levels that are beyond every bound.
const FAR: usize = 600;

const MIB: usize = 1 << 20;

fn row(recursion: Recursion) -> Row {
    TABLE[recursion as usize]
}

/// What the levels of `case` take at most on a stack of `bytes`, by the table.
fn by_the_table(case: &Case, bytes: usize) -> usize {
    let taken = |row: &Row| Stack::of(bytes).levels(row.recursion) as usize * row.bytes as usize;
    match case.work {
        Work::Read => taken(&row(case.recursion)),
        Work::Apart(_) | Work::Both => bytes,
        // Whatever is read is evaluated and printed, too.
        Work::All => TABLE.iter().map(taken).max().unwrap_or_default(),
    }
}

fn work(case: &Case, levels: usize, stack: Stack) {
    let text = (case.text)(levels);
    if let Work::Apart(read) = case.work {
        return with_stack(stack, 1, || read(&text)).expect("threads start");
    }
    let mut files = MemoryFiles::default();
    files.insert(case.file, text);
    files.insert("m.bicep", MODULE);
    let inputs = Inputs { paths: vec![Found { path: case.file.into(), named: true }], ..Inputs::default() };
    if matches!(case.work, Work::Read) {
        return with_stack(stack, 1, || drop(Project::load(&files, inputs))).expect("threads start");
    }
    let options = Options { sets: RuleSet::ALL.to_vec(), stack, threads: 1, ..Options::default() };
    let report = fix_all(&files, &inputs, &options, true).report;
    let request = Request { file: case.file.into(), place: default_place(), stack, threads: 1, ..Request::default() };
    let expansion = expand(&files, &request);
    for problem in report.problems.iter().chain(expansion.iter().flat_map(|expansion| &expansion.problems)) {
        println!("{}", problem.message);
    }
}

/// What the case with this number says; nothing where the stack overflows.
fn run(case: usize, levels: usize, limits: usize, thread: usize) -> Option<String> {
    let child = Command::new(std::env::current_exe().ok()?)
        .args(["--exact", &child_name(), "--nocapture", "--include-ignored"])
        .env("ARMGUARD_STACK", format!("{case} {levels} {limits} {thread}"))
        .output();
    let child = child.expect("this binary runs");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    // A child that does not run the test ends well, too.
    assert!(!child.status.success() || said.contains(DONE), "the child ran nothing: {said}");
    child.status.success().then_some(said)
}

/// What the child prints at its end.
const DONE: &str = "the case came to its end";

/// The test that is the child, as this program knows it.
fn child_name() -> String {
    let (_, module) = module_path!().split_once("::").expect("a test lies in a module");
    format!("{module}::child")
}

#[test]
#[ignore = "the process that the other tests start"]
fn child() {
    let Ok(asked) = std::env::var("ARMGUARD_STACK") else { return };
    let numbers: Vec<usize> = asked.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [case, levels, limits, thread] = numbers[..] else { panic!("four numbers") };
    work(&cases()[case], levels, Stack::of(limits).on_threads_of(thread));
    println!("{DONE}");
}

/// `check` of each case and its number, on two threads; what it says, in order.
fn of_all(check: impl Fn(usize, &Case) -> Vec<String> + Sync) -> Vec<String> {
    let (all, next) = (cases(), AtomicUsize::new(0));
    let work = || {
        let mut said = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = all.get(number) else { return said };
            said.extend(check(number, case));
        }
    };
    let mut said = std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    said.sort();
    said
}

/// With the limits of a stack, each case gets by with what the table says that the levels take, which is at most half of
/// that stack.
#[test]
fn nothing_overflows_and_half_of_the_stack_is_enough() {
    let wrong = of_all(|number, case| {
        let half = |bytes| (bytes, by_the_table(case, bytes).min(bytes) + Stack::RESERVE);
        let sizes = [MIB, 8 * MIB, 256 * MIB].map(half);
        let mut wrong = Vec::new();
        for (at, (limits, thread)) in sizes.into_iter().enumerate() {
            // On a larger stack the same limits need the same.
            let same = |bytes: usize| TABLE.map(|row| Stack::of(bytes).levels(row.recursion));
            if sizes[..at].iter().any(|(bytes, before)| same(*bytes) == same(limits) && *before <= thread) {
                continue;
            }
            if run(number, FAR, limits, thread).is_none() {
                let (name, recursion, work) = (&case.name, case.recursion, case.work);
                wrong.push(format!(
                    "{recursion:?}, {name}, {work:?}: the limits of {limits} bytes need more than {thread}"
                ));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A small stack is said to be the reason, and what a real template needs fits into it.
#[test]
fn the_limits_follow_from_the_stack() {
    let levels = |bytes, recursion| Stack::of(bytes).levels(recursion);
    for Row { recursion, most, bytes } in TABLE {
        assert_eq!(row(recursion).bytes, bytes, "the table is in the order of its names");
        assert_eq!(levels(256 * MIB, recursion), most, "{recursion:?}: the command line has all levels");
        assert!(levels(MIB, recursion) >= most.min(100), "{recursion:?}: {}", levels(MIB, recursion));
        assert_eq!(levels(0, recursion), 0);
    }
}

/// The table of `ARCHITECTURE.md` is the one in the code.
#[test]
fn the_table_is_documented() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).expect("it is there");
    let lines: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for Row { recursion, bytes, most } in TABLE {
        let start = format!("| `{recursion:?}` | {bytes} | {most} | ");
        assert!(lines.iter().any(|line| line.starts_with(&start)), "ARCHITECTURE.md has no line `{start}…`");
    }
}

/// The smallest stack that suffices where everything else is as on the command line.
fn least(number: usize, levels: usize) -> usize {
    let (mut too_small, mut enough) = (16 << 10, 16 * MIB);
    while enough - too_small > enough / 32 {
        let middle = ((enough as f64) * (too_small as f64)).sqrt() as usize;
        *(if run(number, levels, 256 * MIB, middle).is_some() { &mut enough } else { &mut too_small }) = middle;
    }
    enough
}

/// Prints what a level takes; `bytes` of the table is that of the worst case of its recursion, and some room.
#[test]
#[ignore = "takes minutes; for making the table anew"]
fn measured() {
    let wanted = std::env::var("ARMGUARD_CASES").unwrap_or_default();
    of_all(|number, case| {
        let title = format!("{:?}, {}, {:?}", case.recursion, case.name, case.work);
        if title.contains(&wanted) {
            let (shallow, deep) = (least(number, case.few), least(number, FAR));
            let levels = row(case.recursion).most as usize - case.few;
            println!("{title}: {shallow} {deep}: {}", deep.saturating_sub(shallow) / levels);
        }
        Vec::new()
    });
}
