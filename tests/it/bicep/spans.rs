//! What holds of the places in any syntax tree. The fuzz target `bicep` includes this file, too.

use armguard::bicep::{FileKind, Parsed};

use super::nodes as bicep_nodes;

/// The tokens are the whole text; every node lies in its text and in the node around it.
pub(crate) fn check_spans(text: &str, kind: FileKind, parsed: &Parsed) {
    let tokens: String = parsed.tree.tokens.iter().map(|(_, range)| range.of(text)).collect();
    assert_eq!(tokens, text);
    let nodes = bicep_nodes::nodes(&parsed.tree, kind);
    for node in &nodes {
        let (start, end) = nodes.get(node.parent).map_or((0, text.len() as u32), |around| around.span);
        assert!(start <= node.span.0 && node.span.0 <= node.span.1 && node.span.1 <= end, "{node:?} in\n{text}");
        assert!(text.is_char_boundary(node.span.0 as usize) && text.is_char_boundary(node.span.1 as usize));
    }
    for problem in &parsed.problems {
        assert!(text.get(problem.range.start as usize..problem.range.end as usize).is_some(), "{problem:?}");
    }
}
