//! How generated projects come out.

#![cfg(test)]

use armguard_gen::property::{self, Printed};
use armguard_gen::{Entropy, Knobs, Language, project, seed_bytes};

/// Seeds that are tried; `ARMGUARD_SEEDS` has another number.
fn seeds() -> u64 {
    let given = std::env::var("ARMGUARD_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    given.unwrap_or(1000)
}

/// Four of five projects are read without a problem and reach a verdict, and all kinds of verdicts are among them.
#[test]
fn most_projects_reach_a_verdict() {
    let seeds = seeds();
    let (mut read, mut reached, mut limits) = (0, 0, 0);
    let (mut failing, mut undetermined, mut suppressed, mut clusters, mut bytes) = (0, 0, 0, 0, 0);
    for seed in 0..seeds {
        let program = project(&Knobs::default(), &mut Entropy::new(&seed_bytes(seed, property::SEED_BYTES)));
        let printed = Printed::new(&program, Language::ALL[seed as usize % 3]).unwrap();
        let report = printed.lint(false);
        bytes += printed.texts().values().map(String::len).sum::<usize>();
        let is_read = report.problems.iter().all(|problem| !problem.fails);
        let is_limited = report.problems.iter().any(|problem| problem.code.id() == "limit-reached");
        read += usize::from(is_read);
        limits += usize::from(is_limited);
        reached += usize::from(is_read && !is_limited && report.summary.clusters > 0);
        clusters += report.summary.clusters;
        failing += usize::from(!report.findings.is_empty());
        undetermined += usize::from(report.undetermined.iter().any(|check| check.rule.starts_with("aks-defender-")));
        suppressed += usize::from(!report.suppressed.is_empty());
    }
    println!(
        "{seeds} projects, {bytes} bytes: {read} read without a problem, {reached} with a verdict, {limits} at a limit; \
         {clusters} clusters; {failing} with findings, {undetermined} with undetermined checks of Defender, {suppressed} \
         with something suppressed"
    );
    let share = |part: usize| 100 * part as u64 / seeds.max(1);
    assert!(share(reached) >= 80, "{}% reach a verdict", share(reached));
    assert!(share(undetermined) >= 5 && share(suppressed) >= 2, "all kinds of verdicts");
}

/// What must be true of every project is true of these. `--example hunt` tries more.
#[test]
fn properties_hold() {
    let mut known = 0;
    for seed in 0..30 {
        let program = project(&Knobs::default(), &mut Entropy::new(&seed_bytes(seed, property::SEED_BYTES)));
        match property::check(&program) {
            Ok(verdicts) => known += verdicts.known,
            Err(broken) => panic!("seed {seed}: {broken}"),
        }
    }
    assert!(known > 30, "the reference knew {known} answers");
}
