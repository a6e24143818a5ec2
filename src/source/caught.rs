//! Failures of armguard itself: a panic becomes a value with its message and its place in the source.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{Problem, ProblemCode, TextRange};

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// A panic that was caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalError {
    /// Its message, without what it may quote of a template.
    message: String,
    /// The file and line in armguard's source; not known unless [`record_panics`] was called.
    place: Option<String>,
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, place } = self;
        let place = place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        write!(f, "armguard itself failed ({message}{place}); please report it, with the file if you can share it")
    }
}

impl InternalError {
    /// It as a problem of a file, at `range`.
    pub fn at(&self, range: TextRange) -> Problem {
        Problem { code: ProblemCode::InternalError, range, message: self.to_string() }
    }

    fn of(payload: Box<dyn Any + Send>) -> Self {
        let payload = match payload.downcast::<Self>() {
            Ok(caught) => return *caught,
            Err(payload) => payload,
        };
        let message = match (payload.downcast_ref::<&'static str>(), payload.downcast_ref::<String>()) {
            (Some(fixed), _) => (*fixed).to_owned(),
            (None, Some(built)) => unquoted(built).to_owned(),
            (None, None) => "no message".to_owned(),
        };
        Self { message, place: PLACE.take() }
    }
}

/// `message` up to where it may quote a value, which may be somebody's secret.
fn unquoted(message: &str) -> &str {
    let end = message.find(['\'', '"', '`', ':', '\n']).unwrap_or(message.len());
    message.get(..end).unwrap_or_default().trim_end()
}

/// Has the place of each panic kept, for [`caught`]; with `print`, each is also printed as before. It is for the whole
/// process.
pub fn record_panics(print: bool) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PLACE.set(info.location().map(ToString::to_string));
        if print {
            before(info);
        }
    }));
}

/// What `work` gives.
///
/// # Errors
/// When it panics.
pub fn caught<R>(work: impl FnOnce() -> R) -> Result<R, InternalError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(InternalError::of)
}

/// Goes on with a panic that was caught, on whatever thread; who catches it there gets `error`.
pub fn go_on(error: InternalError) -> ! {
    resume_unwind(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let name = "secret";
        type Work = fn(&str);
        let cases: [(Work, &str); 4] = [
            (|_| panic!("it went wrong: entirely"), "it went wrong: entirely"),
            (|name| panic!("no value for `{name}` here"), "no value for"),
            (|name| assert_eq!(name.parse::<u8>().unwrap(), 0), "called"),
            (|name| assert_eq!([0][name.len()], 0), "index out of bounds"),
        ];
        for (work, expected) in cases {
            let error = caught(|| work(name)).unwrap_err();
            assert_eq!(error.message, expected);
            // Caught once more, after it has gone on.
            assert_eq!(caught(|| go_on(error.clone())).unwrap_err(), error);
        }
        assert_eq!(caught(|| 7), Ok(7));
    }
}
