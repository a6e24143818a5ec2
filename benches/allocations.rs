//! Allocations per megabyte of template, for what the commands do, beside `serde_json` to `Value`.
//!
//! `cargo bench --bench allocations`, over the corpus named by `ARMGUARD_CORPUS` (default
//! `~/.cache/armguard/corpus`). Counting slows allocation down: `corpus` has the times.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::alloc::System;
use std::hint::black_box;
use std::path::PathBuf;

use armguard::expand::{Request, expand};
use armguard::source::{FileId, MemoryFiles};
use armguard::{json, template};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let default = || std::env::home_dir().map(|home| home.join(".cache/armguard/corpus"));
    let Some(folder) = named.or_else(default).filter(|folder| folder.is_dir()) else {
        println!("no corpus of real templates here (ARMGUARD_CORPUS): nothing was measured");
        return;
    };
    let texts: Vec<String> = walkdir::WalkDir::new(folder.join("avm"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_name() == "main.json")
        .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect();
    let megabytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    println!("{} files, {megabytes:.1} MB", texts.len());
    let row = |name: &str, run: &dyn Fn(&str)| {
        let region = Region::new(COUNTING);
        texts.iter().for_each(|text| run(text));
        let change = region.change();
        let per_megabyte = |count: usize| count as f64 / megabytes;
        println!(
            "{name:<28} {:>10.0} allocations/MB {:>8.1} MB/MB",
            per_megabyte(change.allocations),
            per_megabyte(change.bytes_allocated) / 1e6
        );
    };
    row("serde_json to Value", &|text| drop(black_box(serde_json::from_str::<serde_json::Value>(text))));
    row("json::parse", &|text| drop(black_box(json::parse(text))));
    row("json::parse and lower_arm", &|text| drop(black_box(template::lower_arm(FileId(0), &json::parse(text)))));
    row("expand", &|text| {
        let request =
            Request { file: "main.json".into(), text: Some(text.to_owned()), threads: 1, ..Request::default() };
        drop(black_box(expand(&MemoryFiles::default(), &request)));
    });
}
