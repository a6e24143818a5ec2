//! The command line as people type it.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::discover::Reach;
use crate::finding::Severity;
use crate::report::SarifProfile;

use super::output::ColorArg;
use super::targets::{OutputTarget, TargetParser};

/// Tells, before anything is deployed, which AKS clusters an ARM or Bicep template leaves without
/// Microsoft Defender.
#[derive(Debug, Parser)]
#[command(
    name = "armguard",
    disable_version_flag = true,
    override_usage = "armguard <COMMAND>\n       armguard --version [--verbose]",
    arg_required_else_help = true,
    after_help = "\
Examples:
  armguard lint                      check all templates in this folder and below
  armguard lint main.bicep           check one template
  armguard explain aks-defender-profile
                                     say what a rule is about and how to satisfy it"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// Print the version
    #[arg(short = 'V', long)]
    pub(super) version: bool,

    /// With --version, say also what of the sandbox this system enforces
    #[arg(long, requires = "version")]
    pub(super) verbose: bool,

    /// Do not have the operating system restrict what is read (Linux only; see `armguard --version --verbose`)
    #[arg(long, global = true)]
    pub(super) no_sandbox: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check templates and report what is unprotected
    Lint(LintArgs),
    /// Print what a template would deploy, with everything evaluated that can be
    Expand(ExpandArgs),
    /// Print the configuration that holds, and where each value comes from
    Config(ConfigArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Print the page of a rule: what it says, why, and what to do
    Explain {
        /// The rule's id, as a finding shows it in brackets
        rule: String,

        #[command(flatten)]
        own: OwnRulesArgs,

        #[command(flatten)]
        reading: ReadArgs,
    },
    /// Run the examples on the pages of your own rules
    Test {
        /// A folder with rule files
        #[arg(value_name = "DIR")]
        rules: PathBuf,

        /// Put what the run prints into the `text` blocks of the pages; read it before you keep it
        #[arg(long)]
        bless: bool,
    },
    /// Print the script with which a shell completes arguments
    #[command(after_help = "\
Examples:
  armguard completions bash > ~/.local/share/bash-completion/completions/armguard
  armguard completions zsh > ~/.zfunc/_armguard
  armguard completions fish > ~/.config/fish/completions/armguard.fish
  armguard completions powershell >> $PROFILE")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page, as `man` reads it
    #[command(after_help = "\
Examples:
  armguard man > armguard.1
  armguard man lint > armguard-lint.1
  armguard man lint | man -l -")]
    Man {
        /// The command that it is about [default: armguard itself]
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  armguard lint                              this folder and all below
  armguard lint infra/ main.prod.bicepparam  a folder, and a template with these parameters
  armguard lint main.bicep --param env=prod  with another value for a parameter
  armguard lint --fail-on high               report all, fail only for severity high
  armguard lint --format concise | grep high one line a finding
  armguard lint --format terminal --format sarif=armguard.sarif
                                             two reports of one run
  cat main.bicep | armguard lint - --stdin-filename main.bicep

Exit codes:
  0  nothing at or above --fail-on was found
  1  findings, or a template that could not be read fully
  2  the command line is wrong, a named path cannot be read, the output cannot be written, or
     armguard itself failed; --exit-zero does not change that")]
pub(super) struct LintArgs {
    /// Files and folders to check; `-` reads a template from standard input
    ///
    /// In folders, `.bicep` and `.bicepparam` files and those `.json` files that are ARM templates are checked: all that
    /// git tracks, and of the rest what no `.gitignore` excludes and is not hidden. What is left out is counted.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,

    /// How to write the report, and to which file; may be repeated [default: terminal]
    ///
    /// One format goes to standard output, the others to the files named. A file is there whole or not at all.
    /// Without `--format`, GitHub Actions and Azure Pipelines also get the worst findings as annotations.
    #[arg(long, value_parser = TargetParser, value_name = "FORMAT[=FILE]")]
    pub(super) format: Vec<OutputTarget>,

    /// For whom to write SARIF; `full` also has the checks that could go either way
    #[arg(long, value_parser = sarif_profile(), value_name = "PROFILE", default_value = "github")]
    pub(super) sarif_profile: SarifProfile,

    /// The lowest severity that makes the exit code 1
    #[arg(long, value_parser = severity(), value_name = "SEVERITY", default_value_t = Severity::Low)]
    pub(super) fail_on: Severity,

    /// Exit with 0 also when no template was checked because all were left out (ignored, excluded, hidden)
    #[arg(long)]
    pub(super) allow_empty: bool,

    /// Exit with 0 whatever is found (2 stays 2)
    #[arg(long)]
    pub(super) exit_zero: bool,

    /// List the checks that could go either way, and what decides them
    #[arg(long)]
    pub(super) show_undetermined: bool,

    /// Treat a check that could go either way like a finding
    #[arg(long)]
    pub(super) strict: bool,

    /// Check modules also alone, with the defaults of their parameters, and not only as they are called
    #[arg(long)]
    pub(super) standalone: bool,

    /// A parameter file for the template that is named: `.bicepparam` or JSON. Only it is checked then, with these values
    #[arg(long, value_name = "FILE")]
    pub(super) params: Option<PathBuf>,

    /// A value for a parameter, which comes before those of all parameter files; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(super) param: Vec<(String, String)>,

    /// An environment variable that `readEnvironmentVariable` may read; may be repeated. All others stay unknown
    #[arg(long, value_name = "NAME")]
    pub(super) env: Vec<String>,

    /// Tell in which contexts (defaults, parameter files, callers) each file was checked
    #[arg(long)]
    pub(super) show_contexts: bool,

    /// When to use colours; `auto` asks the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorArg::Auto)]
    pub(super) color: ColorArg,

    /// Run only this rule; may be repeated, or several separated by commas
    ///
    /// A rule's id, or a control that rules map to: `psrule:Azure.AKS.DefenderProfile`, `checkov:CKV_AZURE_5`,
    /// `mcsb:LT-1`. With --ruleset, run this rule as well.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,

    /// Leave this rule out; may be repeated, or several separated by commas (ids or controls)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,

    /// Run the rules of this set; may be repeated, or several separated by commas [default: default]
    ///
    /// `default`: Defender for Containers itself; `posture`: hardening of clusters and registries; `all`: every rule, also
    /// those that suit some teams only; or a set that `[rulesets]` in armguard.toml names.
    #[arg(long, value_name = "SET", value_delimiter = ',')]
    pub(super) ruleset: Vec<String>,

    #[command(flatten)]
    pub(super) own: OwnRulesArgs,

    #[command(flatten)]
    pub(super) time: TimeArgs,

    /// Say also what is ignored in templates and parameter files; `armguard.toml` still counts
    #[arg(long)]
    pub(super) no_ignores: bool,

    /// Write an ignore with this reason for all that is found, and report what is left
    ///
    /// `until 2027-03-31` in the reason makes them end. What does not hold in another context is left.
    #[arg(long, value_name = "REASON", conflicts_with_all = ["fix", "diff", "fix_only", "no_ignores"])]
    pub(super) add_ignores: Option<String>,

    /// Do not show what this baseline has; say what of it is no longer found
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write what is found into this baseline, and do not show it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["add_ignores", "fix", "diff", "fix_only"])]
    pub(super) write_baseline: Option<PathBuf>,

    #[command(flatten)]
    pub(super) configuration: ConfigurationArgs,

    /// Name for what `-` reads: findings show it, its extension tells the language, modules are looked up beside it
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<PathBuf>,

    #[command(flatten)]
    pub(super) fixing: FixArgs,

    #[command(flatten)]
    pub(super) modules: ModuleArgs,

    #[command(flatten)]
    pub(super) reading: ReadArgs,
}

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// The file or folder for which it is to hold
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,

    #[command(flatten)]
    pub(super) configuration: ConfigurationArgs,

    #[command(flatten)]
    pub(super) own: OwnRulesArgs,

    #[command(flatten)]
    pub(super) reading: ReadArgs,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    /// How to write the list
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,

    #[command(flatten)]
    pub(super) own: OwnRulesArgs,

    #[command(flatten)]
    pub(super) reading: ReadArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people: one line a rule
    Text,
    /// For programs, with the controls that each rule maps to
    Json,
}

/// Rules of the user.
#[derive(Debug, Args)]
pub(super) struct OwnRulesArgs {
    /// A folder with rule files of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

impl OwnRulesArgs {
    /// `reach`, and the rules as well.
    pub(super) fn within(&self, reach: Reach) -> Reach {
        Reach { rules: self.rules.clone(), ..reach }
    }
}

/// How to mend what is found.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    /// Mend what can be mended safely, and report what is left
    #[arg(long)]
    pub(super) fix: bool,

    /// Mend also where you must judge: new parameters, defaults that others use, a raised apiVersion
    #[arg(long)]
    pub(super) unsafe_fixes: bool,

    /// Show what --fix would change, and write nothing; the exit code is 1 when there is something
    #[arg(long)]
    pub(super) diff: bool,

    /// Like --fix, but report nothing; the exit code tells whether something is left
    #[arg(long, conflicts_with = "diff")]
    pub(super) fix_only: bool,
}

impl FixArgs {
    /// Whether any fix is requested.
    pub(super) const fn any(&self) -> bool {
        self.fix || self.diff || self.fix_only
    }
}

/// Which configuration holds.
#[derive(Debug, Args)]
pub(super) struct ConfigurationArgs {
    /// The configuration, in place of the `armguard.toml` that is found [env: ARMGUARD_CONFIG]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    pub(super) no_config: bool,

    /// Leave out what the configuration excludes also when it is named
    #[arg(long)]
    pub(super) force_exclude: bool,
}

/// Where modules are that are no files of the project.
#[derive(Debug, Args)]
pub(super) struct ModuleArgs {
    /// Where `bicep restore` leaves modules, when bicepconfig.json does not say [default: ~/.bicep]
    #[arg(long, value_name = "DIR")]
    module_cache: Option<PathBuf>,
}

/// What may be read.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// The folder below which files may refer to each other [default: the repository of each path, else its folder]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// A folder outside the root that may be read, too; may be repeated
    ///
    /// Templates may also load files there that git does not track.
    #[arg(long, value_name = "DIR")]
    allow_read: Vec<PathBuf>,
}

impl ReadArgs {
    /// What may be read by a run about `paths`, which also reads `files`.
    pub(super) fn reach(&self, paths: Vec<PathBuf>, files: Vec<PathBuf>, cache: Option<PathBuf>) -> Reach {
        Reach { paths, files, root: self.root.clone(), allowed: self.allow_read.clone(), cache, ..Reach::default() }
    }
}

impl ModuleArgs {
    /// The module cache to use.
    pub(super) fn cache(&self) -> Option<PathBuf> {
        self.module_cache.clone().or_else(|| std::env::home_dir().map(|home| home.join(".bicep")))
    }
}

/// How long it may take.
#[derive(Debug, Args)]
pub(super) struct TimeArgs {
    /// Stop after this many seconds
    ///
    /// The report then says that it is incomplete, no fix and no baseline is written, and the exit code is 1.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) timeout: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  armguard expand main.bicep                       every resource, as JSON
  armguard expand main.bicep --params prod.json    with the values of a parameter file
  armguard expand prod.bicepparam --format table   one line a resource
  armguard expand new.bicep --diff old.bicep       what is different between two

What is not known before deployment is printed as an expression, such as \"[resourceGroup().location]\".

Exit codes:
  0  everything could be read and evaluated (with --diff: and there is no difference)
  1  something could not, which is said among the diagnostics (with --diff: or there is a difference)
  2  the command line is wrong, a file cannot be read, or the output cannot be written")]
pub(super) struct ExpandArgs {
    /// The template, or a `.bicepparam` file; `-` reads a template from standard input
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) time: TimeArgs,

    /// A parameter file for the template: `.bicepparam` or JSON
    #[arg(long, value_name = "FILE")]
    pub(super) params: Option<PathBuf>,

    /// An environment variable that `readEnvironmentVariable` may read; may be repeated. All others stay unknown
    #[arg(long, value_name = "NAME")]
    pub(super) env: Vec<String>,

    /// The subscription that is deployed to [default: all zeros]
    #[arg(long, value_name = "ID")]
    pub(super) subscription_id: Option<String>,

    /// The resource group that is deployed to [default: myRg]
    #[arg(long, value_name = "NAME")]
    pub(super) resource_group: Option<String>,

    /// The location of the resource group, or of the deployment at other scopes [default: unknown]
    #[arg(long, value_name = "LOCATION")]
    pub(super) location: Option<String>,

    /// How to write the result [default: json; with --diff: table]
    #[arg(long, value_enum)]
    pub(super) format: Option<ExpandFormat>,

    /// Show only what is different from what this template or parameter file deploys
    #[arg(long, value_name = "OTHER")]
    pub(super) diff: Option<PathBuf>,

    #[command(flatten)]
    pub(super) modules: ModuleArgs,

    #[command(flatten)]
    pub(super) reading: ReadArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExpandFormat {
    /// For programs: the form of the Bicep CLI's snapshots
    Json,
    /// For people: one line a resource, with its condition; with --diff, the differences
    Table,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("a value is given as `name=value`".to_owned()),
    }
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::name)).try_map(|name| name.parse::<Severity>())
}

fn sarif_profile() -> impl TypedValueParser<Value = SarifProfile> {
    let profile = |name: String| SarifProfile::ALL.into_iter().find(|profile| profile.name() == name);
    PossibleValuesParser::new(SarifProfile::ALL.map(SarifProfile::name))
        .try_map(move |name| profile(name).ok_or("no such profile"))
}
