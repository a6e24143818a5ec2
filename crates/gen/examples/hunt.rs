//! Checks generated projects until one is found of which something is not true, and prints the smallest such project:
//! `cargo run -p armguard-gen --example hunt -- FIRST_SEED SECONDS`. Exits with 1 when it found one.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use armguard_gen::{Entropy, Knobs, project, property, seed_bytes, shrink};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let (first, seconds) = (args.next().unwrap_or_default(), args.next().unwrap_or(600));
    let start = Instant::now();
    let mut runs = 0;
    for seed in first.. {
        if start.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        runs += 1;
        let program = project(&Knobs::default(), &mut Entropy::new(&seed_bytes(seed, property::SEED_BYTES)));
        let Err(broken) = property::check(&program) else { continue };
        println!("found by run {runs}, seed {seed}, after {:.1} s: {broken}", start.elapsed().as_secs_f64());
        if std::env::var_os("ARMGUARD_NO_SHRINK").is_some() {
            return ExitCode::FAILURE;
        }
        let small = shrink(&program, &|candidate| property::breaks_alike(candidate, &broken));
        if let Err(broken) = property::check(&small) {
            println!("smallest: {broken}");
            small.print(broken.language).iter().for_each(|(path, text)| println!("-- {path}\n{text}"));
        }
        return ExitCode::FAILURE;
    }
    println!("nothing found in {runs} runs, {:.1} s", start.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}
