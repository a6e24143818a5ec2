//! What somebody may write who wants it to be read as something else.

/// Something to write: what it is, the families of formats to whose readers it does harm where a writer takes no care
/// (`log` for all that stands in a log as text), and the words.
pub(super) type Payload = (&'static str, &'static str, String);

pub(super) fn all() -> Vec<Payload> {
    let text = |text: &str| text.to_owned();
    vec![
        (
            "colours and a title of the terminal",
            "log json xml github azure markdown",
            text("\x1b[31mred\x1b]0;title\x07"),
        ),
        (
            "link of the terminal",
            "log json xml github azure markdown",
            text("\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\"),
        ),
        ("controls of eight bits", "log json sarif xml github azure markdown", text("\u{9b}31m\u{85}\u{90}")),
        ("back over what was printed", "log json xml github azure markdown", text("a\x08\x08\rb\x1b[2K\x1b[1A")),
        (
            "text from right to left",
            "log json sarif xml github azure markdown",
            text("\u{202e}desrever\u{2066}\u{61c}\u{200f}\u{feff}"),
        ),
        ("odd line ends, NUL", "log json xml github azure markdown", text("\u{2028}\u{2029}\0\x0b\x0c\x7f")),
        ("workflow command", "log json xml github azure markdown", text("\n::error file=x::injected")),
        ("workflow command, escaped", "", text("a%0A::error::b%0D%25%2C%3A")),
        ("masking", "log", text("::add-mask::a")),
        ("stopping commands", "log json xml github azure markdown", text("x\n  ::stop-commands::y")),
        (
            "logging command",
            "log json sarif xml github azure markdown",
            text("##vso[task.complete result=Succeeded;]done"),
        ),
        (
            "logging command on its own line",
            "log json sarif xml github azure markdown",
            text("x\r\n##VSO[task.setvariable variable=PATH]b"),
        ),
        ("formatting commands", "log json sarif xml github azure markdown", text("##[error]x ##[add-path]y")),
        ("properties of commands", "azure", text(",line=9,title=z::m %AZP25%3B%5D];code=x;]y")),
        ("HTML", "xml markdown", text("<img src=x onerror=alert(1)><script>alert(1)</script>")),
        ("HTML that ends ours", "xml markdown", text("</code></summary></details></td><!-- -->")),
        ("character references", "xml markdown", text("&lt;b&gt; &#60;i&#62; &amp &")),
        (
            "XML that ends ours",
            "json xml markdown",
            text("</failure></testcase></testsuite>]]><!DOCTYPE x SYSTEM \"y\">"),
        ),
        ("no characters of XML", "xml", text("\u{fffe}\u{ffff}\u{fdd0}\u{fffd}")),
        ("attributes", "json", text("\" onmouseover=\"x' y='")),
        ("table of Markdown", "json github azure markdown", text("a | b |\n| --- | --- |\n| c |")),
        (
            "links of Markdown",
            "sarif xml markdown",
            text("[x](https://evil.example) ![y](z) ](1) <https://evil.example>"),
        ),
        (
            "blocks of Markdown",
            "json github azure markdown",
            text("\n# heading\n\n- item\n\n    code\n```\nfence\n---"),
        ),
        ("mentions", "markdown", text("@team #1 GH-2 owner/repo#3 https://evil.example www.evil.example")),
        ("emphasis and code", "json markdown", text("`a` ``b ``` *c* _d_ ~~e~~ $f$ \\| \\")),
        ("JSON that ends ours", "json", text("\"},{\"rule\":\"x\"} \\u0023\\n\\")),
        ("formula", "json", text("=cmd|' /C calc'!A0 @SUM(1) +1 -1")),
        ("substitution by a shell", "markdown", text("$(touch pwned) `touch pwned` ; touch pwned ${{ x }} %PATH%")),
        ("paths", "json markdown", text("../../../etc/passwd//./C:\\x \\\\host\\share")),
        ("huge", "", "A1 ".repeat(20_000)),
        ("deep", "markdown", "([{".repeat(2_000)),
    ]
}
