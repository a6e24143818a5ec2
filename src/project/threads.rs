//! Threads: one task each file or context, on stacks that hold the deepest nesting allowed.

use rayon::prelude::*;

/// Stack of the threads that evaluate; the depth limits of parsers and evaluator are made for it.
const STACK: usize = 256 << 20;

/// `f` of each item, in order, on all cores when there are several.
pub(crate) fn map_all<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    match items.len() {
        0 | 1 => items.into_iter().map(f).collect(),
        _ => items.into_par_iter().with_max_len(1).map(f).collect(),
    }
}

/// `work` on threads with enough stack: all cores when there are `several` files, else just one.
pub fn with_stack<R: Send>(several: bool, work: impl FnOnce() -> R + Send) -> Result<R, String> {
    if several {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
        return pool.map(|pool| pool.install(work)).map_err(|error| format!("no threads: {error}"));
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| format!("no thread: {error}"))?;
        thread.join().map_err(|_| "armguard failed; please report it with the file".to_owned())
    })
}
