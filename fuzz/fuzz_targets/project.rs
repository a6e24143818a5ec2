//! A generated project, of which all must be true that is true of every project: `armguard_gen::property`.
#![no_main]

use armguard_gen::{Entropy, Knobs, project, property};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let program = project(&Knobs::default(), &mut Entropy::new(bytes));
    if let Err(broken) = property::check(&program) {
        let files = program.print(broken.language);
        panic!("{broken}\n{files:#?}");
    }
});
