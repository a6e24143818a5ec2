//! Reports made by hand, for the tests of the formats.

use std::sync::Arc;
use std::time::Duration;

use armguard::finding::{DecidedBy, FileProblem, Finding, Label, Report, Severity, Subject, Summary, Undetermined};
use armguard::source::{FileId, ProblemCode, SourceFile, Span, TextRange};

pub(crate) const MAIN: &str = "\
param location string = resourceGroup().location
param defender bool = false
param logs string = ''

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks'
  location: location
  properties: {
    dnsPrefix: 'aks'
    disableLocalAccounts: false
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: logs
        securityMonitoring: {
          enabled: defender
        }
      }
    }
  }
}
";

pub(crate) const CALLER: &str = "\
module cluster 'main.bicep' = {
  name: 'cluster'
  params: {
    defender: false
  }
}
";

/// A report under construction.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) report: Report,
}

impl Sample {
    /// The two files above.
    pub(crate) fn new() -> Self {
        let mut sample = Self::default();
        sample.file("main.bicep", MAIN);
        sample.file("caller.bicep", CALLER);
        sample.report.summary =
            Summary { files: 2, templates: 2, clusters: 1, elapsed: Duration::from_millis(4), ..Summary::default() };
        sample
    }

    pub(crate) fn file(&mut self, path: &str, text: &str) -> FileId {
        self.report.sources.add(Arc::new(SourceFile::new(path, text)))
    }

    /// The first place of `needle` in the file number `file`.
    pub(crate) fn span(&self, file: u32, needle: &str) -> Span {
        let id = FileId(file);
        let start = self.report.sources.get(id).text().find(needle).expect("the sample has it");
        TextRange::new(start as u32, (start + needle.len()) as u32).in_file(id)
    }

    pub(crate) fn label(&self, file: u32, needle: &str, text: &str) -> Label {
        Label { span: self.span(file, needle), text: text.to_owned() }
    }

    pub(crate) fn subject(&self, declared: Span) -> Subject {
        Subject {
            resource_type: "Microsoft.ContainerService/managedClusters".into(),
            title: "aks".to_owned(),
            name: "aks".to_owned(),
            declared,
            call_path: Vec::new(),
        }
    }

    /// A finding at `primary` with nothing else.
    pub(crate) fn finding(&self, rule: &str, severity: Severity, message: &str, primary: Label) -> Finding {
        let declared = primary.span.file;
        Finding {
            rule: rule.into(),
            severity,
            message: message.to_owned(),
            subject: self.subject(TextRange::empty(0).in_file(declared)),
            primary,
            related: Vec::new(),
            help: String::new(),
            fixes: Vec::new(),
            link: None,
            path: "properties".to_owned(),
            decided_by: DecidedBy::Literal,
            instances: Vec::new(),
            contexts: Vec::new(),
            other_contexts: Vec::new(),
            checked_contexts: 1,
            occurrences: Default::default(),
        }
    }

    pub(crate) fn undetermined(&self, rule: &str, depends_on: &[&str], primary: Label) -> Undetermined {
        Undetermined {
            rule: rule.into(),
            severity: Severity::High,
            depends_on: depends_on.iter().map(ToString::to_string).collect(),
            subject: self.subject(primary.span),
            primary,
        }
    }

    pub(crate) fn problem(&self, code: ProblemCode, message: &str, span: Option<Span>, fails: bool) -> FileProblem {
        let path =
            span.map_or_else(|| "broken.bicep".to_owned(), |span| self.report.sources.get(span.file).display_path());
        FileProblem { span, fails, ..FileProblem::new(path, code, message) }
    }
}

/// Nothing wrong.
pub(crate) fn clean() -> Report {
    Sample::new().report
}

/// Two findings of one cluster, the first with places in two files.
pub(crate) fn findings() -> Report {
    let mut sample = Sample::new();
    let message = "AKS cluster `aks` turns Defender monitoring off. It was on before.";
    let primary = sample.label(1, "false", "off here");
    let monitoring = Finding {
        related: vec![
            sample.label(0, "defender bool", "passed on here"),
            sample.label(0, "enabled: defender", "used here"),
            sample.label(0, "logAnalyticsWorkspaceResourceId", "set here, so monitoring was probably meant to be on"),
        ],
        help: "Set `securityMonitoring.enabled: true`. Unlike a missing profile, `false` is sent to AKS and disables \
               Defender on a running cluster."
            .to_owned(),
        link: Some("https://example.org/defender".into()),
        decided_by: DecidedBy::Argument,
        contexts: vec!["dev.bicepparam".to_owned(), "prod.bicepparam".to_owned()],
        checked_contexts: 3,
        ..sample.finding("aks-defender-security-monitoring", Severity::High, message, primary)
    };
    let accounts = Finding {
        subject: monitoring.subject.clone(),
        help: "Set `disableLocalAccounts: true`.".to_owned(),
        ..sample.finding(
            "aks-local-accounts",
            Severity::Medium,
            "AKS cluster `aks` keeps local accounts.",
            sample.label(0, "disableLocalAccounts", "kept here"),
        )
    };
    sample.report.findings = vec![monitoring, accounts];
    sample.report
}

/// Problems of files only.
pub(crate) fn problems() -> Report {
    let mut sample = Sample::new();
    sample.report.problems = vec![
        sample.problem(ProblemCode::UnreadableFile, "is UTF-16; save it as UTF-8", None, true),
        sample.problem(ProblemCode::SyntaxError, "expected `}`", Some(sample.span(0, "location")), true),
        sample.problem(
            ProblemCode::ModuleNotRead,
            "`br:x` is not in the cache",
            Some(sample.span(1, "'main.bicep'")),
            false,
        ),
    ];
    sample.report
}

/// Undetermined checks only.
pub(crate) fn undetermined() -> Report {
    let mut sample = Sample::new();
    let place = sample.label(0, "logs\n", "decides");
    sample.report.undetermined = vec![
        sample.undetermined("aks-defender-workspace", &["parameter `logs`"], place.clone()),
        sample.undetermined("aks-defender-profile", &["parameter `a`", "module `b`"], place.clone()),
        sample.undetermined("aks-defender-profile", &["parameter `logs`"], place),
    ];
    sample.report
}
