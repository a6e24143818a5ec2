//! One line a resource, for people.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Snapshot, in_line};

/// The columns, by the member that fills them.
const COLUMNS: [(&str, &str); 4] =
    [("TYPE", "type"), ("NAME", "name"), ("API VERSION", "apiVersion"), ("CONDITION", "condition")];

/// A column is not wider than this many characters, the last one excepted.
const WIDEST: usize = 60;

impl Snapshot {
    /// Writes one line for each resource: type, name, api version, and the condition where it is not known
    /// that the resource is deployed.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<[String; 4]> = self.predicted_resources.iter().map(row).collect();
        let head = COLUMNS.map(|(title, _)| title.to_owned());
        // No conditions, no column.
        let shown = if rows.iter().any(|row| !row[3].is_empty()) { 4 } else { 3 };
        let width = |column: usize| {
            let lengths = rows.iter().chain([&head]).map(|row| row[column].chars().count());
            lengths.max().unwrap_or_default().min(WIDEST)
        };
        let widths: [usize; 4] = std::array::from_fn(width);
        for row in [head].iter().chain(&rows) {
            let mut line = String::new();
            for (text, width) in row.iter().zip(widths).take(shown) {
                line.push_str(&format!("{text:<width$}  "));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn row(resource: &Map<String, Value>) -> [String; 4] {
    COLUMNS.map(|(_, member)| in_line(resource.get(member).and_then(Value::as_str).unwrap_or_default()))
}
