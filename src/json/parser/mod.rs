//! The parser: one loop with a stack of open objects and arrays.

mod tokens;

use tokens::is_word_byte;

use super::MAX_PROBLEMS;
use super::document::{Document, Mark, Node, ValueKind};
use crate::source::stack::Recursion;
use crate::source::{Problem, ProblemCode, Stack, TextRange};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Real templates have a node for every 30 bytes or so.
const BYTES_PER_NODE: usize = 24;

pub(in crate::json) struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Offset of the next byte.
    at: usize,
    nodes: Vec<Node>,
    /// The open objects and arrays, outermost first.
    stack: Vec<OpenValue>,
    /// How many may be open.
    most_open: usize,
    comments: Vec<TextRange>,
    problems: Vec<Problem>,
}

/// An object or array that is not closed yet.
struct OpenValue {
    node: usize,
    is_object: bool,
    /// The last value in it, while no comma was read after that.
    last: Option<usize>,
}

impl<'t> Parser<'t> {
    pub(in crate::json) fn new(text: &'t str) -> Self {
        let mut problems = Vec::new();
        let mut readable = text;
        if u32::try_from(text.len()).is_err() {
            let message = "files of 4 GB and more are not read";
            problems.push(Problem {
                code: ProblemCode::LimitReached,
                range: TextRange::empty(0),
                message: message.into(),
            });
            readable = "";
        }
        Self {
            text: readable,
            bytes: readable.as_bytes(),
            at: if readable.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 },
            nodes: Vec::with_capacity(readable.len() / BYTES_PER_NODE),
            stack: Vec::new(),
            most_open: Stack::here().levels(Recursion::Json) as usize,
            comments: Vec::new(),
            problems,
        }
    }

    pub(in crate::json) fn parse(mut self) -> Document<'t> {
        self.skip_trivia();
        self.root();
        while let Some(frame) = self.stack.last() {
            if frame.is_object {
                self.member()
            } else {
                self.item()
            }
            if self.problems.len() >= MAX_PROBLEMS {
                self.give_up();
            }
        }
        self.rest();
        self.problems.sort_by_key(|problem| problem.range.start);
        Document { text: self.text, nodes: self.nodes, comments: self.comments, problems: self.problems }
    }

    /// The outermost value, which may have something in front that does not belong there.
    fn root(&mut self) {
        let Some(byte) = self.peek() else {
            if self.problems.is_empty() {
                self.problem(self.at, self.at, "there is no value in this file");
            }
            return;
        };
        let is_value = match byte {
            b'{' | b'[' => true,
            // A word may be a value only if it is all there is.
            b'"' | b'\'' | b'-' | b'0'..=b'9' => true,
            _ => byte.is_ascii_lowercase() && memchr::memchr2(b'{', b'[', self.bytes).is_none(),
        };
        if is_value {
            return self.value();
        }
        let skipped = memchr::memchr2(b'{', b'[', &self.bytes[self.at..]);
        let start = self.at;
        self.at = skipped.map_or(self.bytes.len(), |skipped| start + skipped);
        self.problem(start, self.at, "this does not belong in front of the outermost value");
        if self.at < self.bytes.len() {
            self.value();
            self.mark_open(0);
        }
    }

    /// What follows the outermost value.
    fn rest(&mut self) {
        self.skip_trivia();
        if self.at < self.bytes.len() {
            self.problem(self.at, self.bytes.len(), "this does not belong behind the outermost value");
            self.mark_open(0);
        }
    }

    /// A member of the innermost object, or its end.
    fn member(&mut self) {
        let Some(byte) = self.next_element() else { return };
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'{' | b'[' => {
                let start = self.at;
                self.skip_container();
                self.damage(start, start + 1, "expected a key in front of this value");
                return self.skip_comma();
            }
            byte if is_word_byte(byte) => self.unquoted_key(),
            _ => {
                self.junk("expected a key");
                return self.skip_comma();
            }
        }
        let key = self.nodes.len() - 1;
        if self.nodes[key].kind == ValueKind::Unreadable {
            self.nodes.truncate(key);
            return;
        }
        self.skip_trivia();
        if self.peek() == Some(b':') {
            self.at += 1;
            self.skip_trivia();
        } else {
            if self.split_string(key) {
                self.nodes.truncate(key);
                return;
            }
            self.damage(self.at, self.at, "expected `:` after the key");
        }
        self.value_or_gap();
    }

    /// An item of the innermost array, or its end.
    fn item(&mut self) {
        if self.next_element().is_some() {
            self.value_or_gap();
        }
    }

    /// Handles what may stand between elements (commas, the closing bracket, the end of the text);
    /// then returns the first byte of the next element, or nothing if there is none yet.
    #[inline]
    fn next_element(&mut self) -> Option<u8> {
        self.skip_trivia();
        let Some(byte) = self.peek() else {
            self.truncated();
            return None;
        };
        let frame = self.stack.last_mut()?;
        match byte {
            b',' => {
                if frame.last.take().is_none() {
                    let wanted = if frame.is_object { "a member" } else { "a value" };
                    self.damage(self.at, self.at + 1, format!("expected {wanted} in front of this comma"));
                }
                self.at += 1;
                None
            }
            b'}' | b']' => {
                self.close(byte);
                None
            }
            _ => {
                let Some(last) = frame.last.take() else { return Some(byte) };
                if !self.split_string(last) {
                    self.damage(self.at, self.at, "expected a comma");
                }
                None
            }
        }
    }

    /// A value, or the report that there is none, after a colon or between the commas of an array.
    fn value_or_gap(&mut self) {
        match self.peek() {
            Some(b',' | b'}' | b']') | None => {
                self.push(ValueKind::Unreadable, self.at, Mark::None);
                self.damage(self.at, self.at, "expected a value");
                self.scalar_read();
            }
            Some(_) => self.value(),
        }
    }

    /// The value that starts here.
    fn value(&mut self) {
        match self.peek() {
            Some(b'"') => {
                self.string(b'"');
                self.scalar_read();
            }
            Some(b'{') => self.open(ValueKind::Object),
            Some(b'[') => self.open(ValueKind::Array),
            Some(b'\'') => {
                self.string(b'\'');
                self.scalar_read();
            }
            Some(byte) if is_word_byte(byte) || byte == b'+' => {
                self.word();
                self.scalar_read();
            }
            _ => {
                let start = self.at;
                self.junk("expected a value");
                self.push(ValueKind::Unreadable, start, Mark::None);
                self.scalar_read();
            }
        }
    }

    /// A value of the innermost object or array is complete: node `node`.
    fn value_read(&mut self, node: usize) {
        if let Some(frame) = self.stack.last_mut() {
            frame.last = Some(node);
        }
    }

    /// The same for a value that is the last node.
    #[inline]
    fn scalar_read(&mut self) {
        self.value_read(self.nodes.len() - 1);
    }

    fn open(&mut self, kind: ValueKind) {
        if self.stack.len() >= self.most_open {
            return self.too_deep();
        }
        self.stack.push(OpenValue { node: self.nodes.len(), is_object: kind == ValueKind::Object, last: None });
        self.at += 1;
        self.push(kind, self.at - 1, Mark::None);
    }

    fn too_deep(&mut self) {
        let start = self.at;
        self.skip_container();
        self.push(ValueKind::Unreadable, start, Mark::None);
        self.mark_innermost_open();
        self.problems.push(Problem {
            code: ProblemCode::NestingTooDeep,
            range: TextRange::new(start as u32, start as u32 + 1),
            message: format!("objects and arrays nested deeper than {} are not read", self.most_open),
        });
        self.scalar_read();
    }

    /// A closing bracket, which closes the innermost object or array if it fits, else the
    /// innermost that it fits, else none.
    fn close(&mut self, bracket: u8) {
        let is_object = bracket == b'}';
        let Some(depth) = self.stack.iter().rposition(|frame| frame.is_object == is_object) else {
            self.damage(self.at, self.at + 1, "there is nothing open that this bracket could close");
            self.at += 1;
            return;
        };
        let wrong = depth + 1 < self.stack.len();
        if wrong {
            let expected = if is_object { ']' } else { '}' };
            self.damage(self.at, self.at + 1, format!("expected `{expected}` before this bracket"));
        }
        let closed = self.stack[depth].node;
        while self.stack.len() > depth
            && let Some(frame) = self.stack.pop()
        {
            self.end_container(frame.node, if frame.node == closed { self.at + 1 } else { self.at }, wrong);
        }
        self.at += 1;
        self.value_read(closed);
    }

    fn end_container(&mut self, node: usize, end: usize, damaged: bool) {
        let next = self.nodes.len() as u32;
        let node = &mut self.nodes[node];
        node.end = end as u32;
        node.next = next;
        if damaged {
            node.mark = Mark::Open;
        }
    }

    fn truncated(&mut self) {
        if let Some(frame) = self.stack.last() {
            let start = self.nodes[frame.node].start as usize;
            self.problem(start, start + 1, "this bracket is never closed");
        }
        self.close_all();
    }

    fn give_up(&mut self) {
        let range = TextRange::empty(self.at as u32);
        self.problems.push(Problem::syntax(range, "too many errors; the rest of this file is not read"));
        self.at = self.bytes.len();
        self.close_all();
    }

    fn close_all(&mut self) {
        while let Some(frame) = self.stack.pop() {
            self.end_container(frame.node, self.bytes.len(), true);
        }
    }

    /// Reports and skips what can start neither key nor value, up to something that can.
    fn junk(&mut self, expected: &str) {
        let start = self.at;
        let stops = |byte: &u8| matches!(byte, b'"' | b',' | b'{' | b'}' | b'[' | b']' | b'\n' | b'\r');
        let rest = &self.bytes[start + 1..];
        self.at = rest.iter().position(stops).map_or(self.bytes.len(), |len| start + 1 + len);
        let shown: String = self.text[start..].chars().take(1).collect();
        self.damage(start, self.at, format!("{expected}, found `{shown}`"));
    }

    /// Skips the comma behind what was no member, so that it does not count as an error of its own.
    fn skip_comma(&mut self) {
        self.skip_trivia();
        if self.peek() == Some(b',') {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Adds a node that ends here.
    #[inline]
    fn push(&mut self, kind: ValueKind, start: usize, mark: Mark) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { start: start as u32, end: self.at as u32, next, kind, mark });
    }

    fn problem(&mut self, start: usize, end: usize, message: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::syntax(TextRange::new(start as u32, end as u32), message));
        }
    }

    /// A problem that may hide members or items of the innermost object or array.
    fn damage(&mut self, start: usize, end: usize, message: impl Into<String>) {
        self.problem(start, end, message);
        self.mark_innermost_open();
    }

    fn mark_innermost_open(&mut self) {
        if let Some(frame) = self.stack.last() {
            self.mark_open(frame.node);
        }
    }

    fn mark_open(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node)
            && matches!(node.kind, ValueKind::Object | ValueKind::Array)
        {
            node.mark = Mark::Open;
        }
    }
}
