//! What a rule file of armguard is.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md`: YAML front matter for the machine, then the page for people, whose
//! examples are the rule's tests. This crate reads such files and reports what is wrong with them; it evaluates
//! nothing.
//! The build script of armguard uses it to check and embed the rules of armguard, the library to load them and those of
//! users.
//!
//! [`RuleFile::parse`] is where to start. What it gives, in the order of the file: [`FrontMatter`] with its
//! [`Condition`]s, [`Selector`](selector::Selector)s, ranges of [`ApiVersion`]s, [`Texts`] and [`Fix`]es, and the
//! [`Page`](page::Page). [`schema`] describes the front matter to editors.
//!
//! ~~~
//! use rulefile::{RuleFile, Severity};
//!
//! let text = "\
//! ---
//! severity: low
//! resource: Contoso.Shop/carts
//! noun: cart
//! require: { path: properties.locked, equals: true }
//! message: Cart `{name}` is open.
//! help: Lock it.
//! ---
//! ## cart-lock
//!
//! A cart is open.
//!
//! ### Why
//!
//! Things fall out.
//!
//! ### Remediation
//!
//! Lock it.
//!
//! ### Examples
//!
//! ```bicep fail
//! resource cart 'Contoso.Shop/carts@2024-01-01' = { name: 'cart', properties: { locked: false } }
//! ```
//!
//! ```text finding
//! ```
//!
//! ```bicep pass
//! resource cart 'Contoso.Shop/carts@2024-01-01' = { name: 'cart', properties: { locked: true } }
//! ```
//! ";
//! let rule = RuleFile::parse("rules/shop/cart-lock.md", text).unwrap();
//! assert_eq!((&*rule.id, rule.title.as_str()), ("cart-lock", "A cart is open"));
//! assert_eq!(rule.front.severity, Severity::Low);
//!
//! let errors = RuleFile::parse("rules/shop/cart-lock.md", &text.replace("require:", "requires:")).unwrap_err();
//! assert_eq!(
//!     errors[0].to_string(),
//!     "rules/shop/cart-lock.md:5:1: unknown field `requires`; did you mean `require`?",
//! );
//! ~~~

pub mod api_version;
pub mod condition;
mod file;
mod fix;
mod front_matter;
pub mod nearest;
pub mod page;
mod pattern;
mod resource_type;
pub mod schema;
pub mod selector;
mod severity;
mod texts;
pub mod yaml;

pub use api_version::{ApiVersion, Track};
pub use condition::Condition;
pub use file::{RuleError, RuleFile, conflicts};
pub use fix::{Fix, Rename, Safety};
pub use front_matter::{AlsoLabel, Controls, FrontMatter, Need, RuleSet, Scope};
pub use pattern::Pattern;
pub use severity::Severity;
pub use texts::{ABSENT, FAILED, OutcomeText, PLACEHOLDERS, TextOfVersions, Texts, fill};
