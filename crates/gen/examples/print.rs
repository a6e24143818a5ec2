//! Prints a generated project: `cargo run -p armguard-gen --example print -- SEED`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use armguard_gen::{Entropy, Knobs, Language, project, property, seed_bytes};

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or_default();
    let program = project(&Knobs::default(), &mut Entropy::new(&seed_bytes(seed, property::SEED_BYTES)));
    for language in Language::ALL {
        println!("== {language:?}");
        for (path, text) in program.print(language) {
            println!("-- {path}\n{text}");
        }
    }
}
