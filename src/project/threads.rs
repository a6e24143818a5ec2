//! Threads: one task each file or context, on stacks that hold the deepest nesting allowed. Without the feature `parallel`
//! everything runs on the thread that calls.

use crate::source::{InternalError, Stack, caught, go_on};

/// `f` of each item, in order, on all cores when there are several.
pub(crate) fn map_all<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    // The place of a panic is known to its thread only.
    let f = |item| caught(|| f(item));
    let all: Result<Vec<R>, InternalError> = match items.len() {
        0 | 1 => items.into_iter().map(f).collect(),
        _ => many(items, f),
    };
    all.unwrap_or_else(|error| go_on(error))
}

#[cfg(feature = "parallel")]
fn many<T: Send, R: Send>(
    items: Vec<T>,
    f: impl Fn(T) -> Result<R, InternalError> + Sync + Send,
) -> Result<Vec<R>, InternalError> {
    use rayon::prelude::*;

    items.into_par_iter().with_max_len(1).map(f).collect()
}

#[cfg(not(feature = "parallel"))]
fn many<T, R>(items: Vec<T>, f: impl Fn(T) -> Result<R, InternalError>) -> Result<Vec<R>, InternalError> {
    items.into_iter().map(f).collect()
}

/// `work` on `threads` threads of its own that have `stack`; 0 stands for one a core.
///
/// # Errors
/// When the threads cannot be started, or `work` panics.
#[cfg(feature = "parallel")]
pub fn with_stack<R: Send>(stack: Stack, threads: usize, work: impl FnOnce() -> R + Send) -> Result<R, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(stack.thread_bytes());
    let pool = pool.start_handler(move |_| stack.declare()).build();
    let pool = pool.map_err(|error| format!("no threads: {error}"))?;
    pool.install(|| caught(work)).map_err(|error| error.to_string())
}

/// `work` on this thread, which has `stack`, whatever the number of threads that are wanted.
///
/// # Errors
/// When `work` panics.
#[cfg(not(feature = "parallel"))]
pub fn with_stack<R>(stack: Stack, _: usize, work: impl FnOnce() -> R) -> Result<R, String> {
    let before = Stack::here();
    stack.declare();
    let done = caught(work).map_err(|error| error.to_string());
    before.declare();
    done
}
