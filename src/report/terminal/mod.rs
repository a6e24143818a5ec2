//! For people at a terminal: what, where in the source, why, and what to do, drawn by miette.

mod excerpt;
mod text;

use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use owo_colors::Style as Paint;

use crate::finding::{Call, FileProblem, Finding, Report, Severity, Undetermined};
use crate::source::{HashMap, Span};

use super::words::{count, one_line, printable, scope, undetermined_message};
use super::{ReportStyle, summary};

use excerpt::{ExcerptMark, Excerpts};
use text::{fixing, wrapped};

/// Most related places shown of one finding.
const MOST_RELATED: usize = 20;

/// Columns that miette puts before a message, and before the text of a help.
const MESSAGE_INDENT: usize = 4;
const HELP_INDENT: usize = 8;

/// Most contexts or loop instances named.
const MOST_NAMES: usize = 10;

/// Writes `report`: findings, those of one resource together, then undetermined checks when requested, then problems of
/// files, then the summary.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut printer = TerminalPrinter { report, style, out };
    for findings in by_resource(&report.findings) {
        printer.findings(&findings)?;
    }
    for check in report.undetermined.iter().filter(|_| style.undetermined) {
        printer.undetermined(check)?;
    }
    for problem in &report.problems {
        printer.problem(problem)?;
    }
    summary::write(report, printer.out)
}

/// Findings of one resource reached in one way, in the order of the first of each.
fn by_resource(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut group_of: HashMap<(Span, &[Call]), usize> = HashMap::default();
    for finding in findings {
        let key = (finding.subject.declared, finding.subject.call_path.as_slice());
        let at = *group_of.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

struct TerminalPrinter<'a> {
    report: &'a Report,
    style: ReportStyle<'a>,
    out: &'a mut dyn Write,
}

impl TerminalPrinter<'_> {
    /// The findings of one resource: the head of each, then one view of the source, then what to do.
    fn findings(&mut self, findings: &[&Finding]) -> io::Result<()> {
        let Some((last, others)) = findings.split_last() else { return Ok(()) };
        for finding in others {
            self.print(head(finding), Look::of(finding.severity))?;
            writeln!(self.out)?;
        }
        let marks: Vec<ExcerptMark> = findings.iter().flat_map(|finding| marks(finding)).collect();
        let help: Vec<String> = findings.iter().map(|finding| help(finding, findings.len() > 1)).collect();
        let help = help.into_iter().filter(|help| !help.is_empty()).collect::<Vec<_>>().join("\n");
        let shown = Shown { help, excerpts: self.excerpts(&marks), ..head(last) };
        self.print(shown, Look::of(last.severity))?;
        writeln!(self.out)
    }

    fn undetermined(&mut self, check: &Undetermined) -> io::Result<()> {
        let mark =
            ExcerptMark { span: check.primary.span, text: check.primary.text.clone(), decides: Some(Severity::Info) };
        let shown = Shown {
            code: format!("undetermined[{}]", check.rule),
            message: undetermined_message(check),
            excerpts: self.excerpts(&[mark]),
            ..Shown::default()
        };
        self.print(shown, Look::UNDETERMINED)?;
        writeln!(self.out)
    }

    fn problem(&mut self, problem: &FileProblem) -> io::Result<()> {
        let look = if problem.fails { Look::ERROR } else { Look::NOTE };
        let kind = if problem.fails { "error" } else { "note" };
        let message = one_line(&problem.message);
        let decides = Some(if problem.fails { Severity::High } else { Severity::Info });
        let marks: Vec<ExcerptMark> =
            problem.span.map(|span| ExcerptMark { span, text: String::new(), decides }).into_iter().collect();
        let shown = Shown {
            code: format!("{kind}[{}]", problem.code.id()),
            message: if marks.is_empty() { format!("{}: {message}", printable(&problem.path)) } else { message },
            excerpts: self.excerpts(&marks),
            ..Shown::default()
        };
        self.print(shown, look)?;
        writeln!(self.out)
    }

    fn excerpts(&self, marks: &[ExcerptMark]) -> Option<Excerpts> {
        (!marks.is_empty()).then(|| Excerpts::new(&self.report.sources, marks, self.style.unicode))
    }

    fn print(&mut self, shown: Shown, look: Look) -> io::Result<()> {
        // A hyperlink hides its address, and not every terminal can follow one: addresses are shown.
        let handler = GraphicalReportHandler::new_themed(theme(&shown, look, self.style))
            .with_links(false)
            .with_wrap_lines(false);
        // miette's wrapping would break ids at hyphens.
        let shown = Shown {
            message: wrapped(&shown.message, self.style.width.saturating_sub(MESSAGE_INDENT)),
            help: wrapped(&shown.help, self.style.width.saturating_sub(HELP_INDENT)),
            ..shown
        };
        let mut text = String::new();
        handler.render_report(&mut text, &shown).map_err(io::Error::other)?;
        self.out.write_all(text.as_bytes())
    }
}

/// A finding without its places and its help.
fn head(finding: &Finding) -> Shown {
    let mut lines = vec![one_line(&finding.message)];
    lines.extend(scope(finding, MOST_NAMES));
    Shown {
        code: format!("{}[{}]", finding.severity, finding.rule),
        message: lines.join("\n"),
        link: finding.link.as_deref().map(|link| printable(link).into_owned()),
        ..Shown::default()
    }
}

/// The place that decides, then the related ones.
fn marks(finding: &Finding) -> Vec<ExcerptMark> {
    let primary =
        ExcerptMark { span: finding.primary.span, text: finding.primary.text.clone(), decides: Some(finding.severity) };
    let related = finding.related.iter().take(MOST_RELATED);
    let related = related.map(|label| ExcerptMark { span: label.span, text: label.text.clone(), decides: None });
    [primary].into_iter().chain(related).collect()
}

/// What to do; with the rule's id when several rules speak.
fn help(finding: &Finding, several: bool) -> String {
    let mut help = one_line(&finding.help);
    if several && !help.is_empty() {
        help = format!("{}: {help}", finding.rule);
    }
    for line in fixing(finding) {
        help.push('\n');
        help.push_str(&line);
    }
    let hidden = finding.related.len().saturating_sub(MOST_RELATED);
    if hidden > 0 {
        help.push_str(&format!("\n{} not shown; `--format json` has all.", count(hidden, "more place")));
    }
    help
}

/// What miette draws.
#[derive(Default)]
struct Shown {
    code: String,
    message: String,
    help: String,
    link: Option<String>,
    excerpts: Option<Excerpts>,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help: Box<dyn fmt::Display + 'a> = Box::new(&self.help);
        Some(help).filter(|_| !self.help.is_empty())
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.link.as_ref().map(|link| Box::new(link) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpts.as_ref().map(|excerpts| excerpts as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.excerpts.as_ref().map(|excerpts| Box::new(excerpts.labels()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

/// How a diagnostic of some kind looks: its sign, with and without Unicode, and its colour.
#[derive(Clone, Copy)]
struct Look {
    sign: &'static str,
    ascii: &'static str,
    paint: Paint,
}

impl Look {
    const ERROR: Self = Self { sign: "×", ascii: "x", paint: Paint::new().red().bold() };
    const NOTE: Self = Self { sign: "›", ascii: ">", paint: Paint::new().cyan() };
    const UNDETERMINED: Self = Self { sign: "?", ascii: "?", paint: Paint::new().cyan() };

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::High => Self::ERROR,
            Severity::Medium => Self { sign: "⚠", ascii: "!", paint: Paint::new().yellow().bold() },
            Severity::Low | Severity::Info => Self::NOTE,
        }
    }
}

/// miette's theme for one diagnostic. It is never left to miette, which checks the wrong stream for a terminal.
fn theme(shown: &Shown, look: Look, style: ReportStyle) -> GraphicalTheme {
    let mut theme = match (style.colour, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::ascii(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    // Diagnostics here have no severity of miette's, which then takes them for errors.
    theme.characters.error = if style.unicode { look.sign } else { look.ascii }.to_owned();
    if style.colour {
        theme.styles.error = look.paint;
        theme.styles.help = Paint::new().green();
        theme.styles.link = Paint::new().cyan();
        let related = Paint::new().bright_blue();
        let paints = |excerpts: &Excerpts| {
            excerpts.decides().map(|severity| severity.map_or(related, |severity| Look::of(severity).paint)).collect()
        };
        theme.styles.highlights = shown.excerpts.as_ref().map_or_else(|| vec![related], paints);
    }
    theme
}
