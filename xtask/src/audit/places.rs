//! From source text to the places with an ordering, as `Location::caller()` tells them, and their labels.

use super::orders::{Kind, Order};
use anyhow::{Context, Result};
use proc_macro2::{Span, TokenStream, TokenTree};
use serde::Serialize;
use std::path::Path;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Token};

/// An access with its orderings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// `src/file.rs:line:column`, the column being that of the method's name, or of the function.
    pub at: String,
    /// The label of the step.
    pub step: String,
    pub kind: Kind,
    pub orders: Vec<Order>,
}

/// Something with an ordering that cannot be weakened where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fixed {
    pub at: String,
    /// The label, if it has one.
    pub step: Option<String>,
    pub why: String,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub places: Vec<Place>,
    pub fixed: Vec<Fixed>,
}

impl Found {
    /// Reads all sources below `root` that are about structures, and the audit's fixture.
    pub fn read(root: &Path) -> Result<Found> {
        let mut found = Found::default();
        let mut waiting: Vec<_> =
            ["src/arena", "src/reclaim", "src/ring", "src/stack"].map(|folder| root.join(folder)).into();
        waiting.push(root.join(super::FIXTURE));
        while let Some(path) = waiting.pop() {
            let why = || path.display().to_string();
            if path.is_dir() {
                for entry in std::fs::read_dir(&path).with_context(why)? {
                    waiting.push(entry?.path());
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                found.add(&name, &std::fs::read_to_string(&path).with_context(why)?).with_context(why)?;
            }
        }
        found.places.sort_by(|a, b| a.step.cmp(&b.step));
        found.fixed.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(found)
    }

    /// Reads one file.
    pub fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let file = syn::parse_file(text)?;
        let mut reader = Reader { name, lines: text.lines().collect(), found: self };
        reader.visit_file(&file);
        Ok(())
    }
}

struct Reader<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
    found: &'a mut Found,
}

/// The label of `// step: label`, on the line or above the statement.
fn label(lines: &[&str], index: usize) -> Option<String> {
    let on = |line: &str| Some(line.split_once("// step: ")?.1.split_whitespace().next()?.to_string());
    if let Some(label) = on(lines[index]) {
        return Some(label);
    }
    for line in lines[..index].iter().rev().map(|line| line.trim()) {
        if line.starts_with("//") {
            return on(line);
        }
        if line.is_empty() || line.ends_with([';', '{', '}', ',']) {
            return None;
        }
    }
    None
}

fn order(expression: &Expr) -> Option<Order> {
    let Expr::Path(path) = expression else { return None };
    Order::named(&path.path.segments.last()?.ident.to_string())
}

/// What a method of this name does, if it is an access. `protect` and its like load, at the place of their caller.
fn kind(method: &str) -> Option<Kind> {
    match method {
        "load" | "protect" | "protect_seen" | "protect_ref" => Some(Kind::Load),
        "store" => Some(Kind::Store),
        "swap" | "compare_exchange" | "compare_exchange_weak" => Some(Kind::Update),
        _ if method.starts_with("fetch_") => Some(Kind::Update),
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let test =
        |a: &Attribute| a.path().is_ident("cfg") && a.parse_args::<syn::Ident>().is_ok_and(|i| i == "test");
    attributes.iter().any(test)
}

/// Whether an ordering's name is among the tokens.
fn names_one(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => Order::named(&name.to_string()).is_some(),
        TokenTree::Group(group) => names_one(group.stream()),
        _ => false,
    })
}

impl Reader<'_> {
    fn at(&self, span: Span) -> (String, Option<String>) {
        let start = span.start();
        let at = format!("{}:{}:{}", self.name, start.line, start.column + 1);
        (at, label(&self.lines, start.line - 1))
    }

    fn fixed(&mut self, span: Span, why: impl Into<String>) {
        let (at, step) = self.at(span);
        self.found.fixed.push(Fixed { at, step, why: why.into() });
    }

    /// A call of `name` at `span`; `kind` says what it does, if it is an access.
    fn call(&mut self, name: &str, span: Span, kind: Option<Kind>, arguments: &Punctuated<Expr, Token![,]>) {
        let orders: Vec<Order> = arguments.iter().filter_map(order).collect();
        match (kind, orders.is_empty()) {
            (Some(_), true) => self.fixed(span, format!("`{name}` with an ordering that the caller gives")),
            (Some(kind), false) => match self.at(span) {
                (at, Some(step)) => self.found.places.push(Place { at, step, kind, orders }),
                (_, None) => self.fixed(span, format!("`{name}` without a label")),
            },
            (None, false) => self.fixed(span, format!("an ordering for `{name}`, which passes it on")),
            (None, true) => {}
        }
        for argument in arguments.iter().filter(|argument| order(argument).is_none()) {
            self.visit_expr(argument);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        let name = call.method.to_string();
        self.call(&name, call.method.span(), kind(&name), &call.args);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let name = match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            other => {
                self.visit_expr(other);
                None
            }
        };
        let name = name.unwrap_or_default();
        match name.as_str() {
            "light_fence" | "heavy_fence" => {
                self.fixed(call.span(), format!("`{name}` has no ordering of its own"))
            }
            "fence" => self.call(&name, call.span(), Some(Kind::Fence), &call.args),
            _ => self.call(&name, call.span(), None, &call.args),
        }
    }

    /// What no call has taken.
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(order) = order(&Expr::Path(path.clone())) {
            self.fixed(path.span(), format!("{order} is no argument of an access"));
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        match called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            Ok(arguments) => arguments.iter().for_each(|argument| {
                let mut inner = Reader { name: self.name, lines: self.lines.clone(), found: self.found };
                inner.visit_expr(argument);
            }),
            Err(_) if names_one(called.tokens.clone()) => {
                self.fixed(called.span(), "an ordering in a macro that is not understood");
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Order::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    use std::panic::Location;

    fn read(text: &str) -> Found {
        let mut found = Found::default();
        found.add("a.rs", text).unwrap();
        found
    }

    struct Told;

    impl Told {
        #[track_caller]
        fn load(&self, _: Order) -> &'static Location<'static> {
            Location::caller()
        }
    }

    #[track_caller]
    fn fence(_: Order) -> &'static Location<'static> {
        Location::caller()
    }

    #[test]
    fn a_place_is_where_the_compiler_says_that_the_caller_is() {
        let told = [
            Some(Told).as_ref().unwrap().load(Acquire), // step: told.load
            fence(SeqCst),                              // step: told.fence
        ];
        for told in told {
            let (line, column) = (told.line() as usize, told.column());
            let text = include_str!("places.rs").lines().nth(line - 1).unwrap();
            let found = read(&format!("{}fn f() {{ [\n{text}\n]; }}", "\n".repeat(line - 2)));
            assert_eq!(found.places[0].at, format!("a.rs:{line}:{column}"), "{text}");
        }
    }

    #[test]
    fn a_call_in_several_lines_is_where_its_name_is() {
        let found = read(
            "fn f() {\n    // step: a.b\n    if x\n        .y.compare_exchange(1, 2, Release, Relaxed).is_ok() {}\n    fence(SeqCst); // step: a.c\n}",
        );
        let places: Vec<_> = found.places.iter().map(|p| (p.at.as_str(), p.step.as_str(), p.kind)).collect();
        assert_eq!(places, [("a.rs:4:12", "a.b", Kind::Update), ("a.rs:5:5", "a.c", Kind::Fence)]);
        assert_eq!(found.places[0].orders, [Release, Relaxed]);
        assert_eq!(found.places[1].orders, [SeqCst]);
        assert_eq!(found.fixed, []);
    }

    #[test]
    fn orderings_are_found_where_they_hide() {
        let found = read(
            "fn f() {
                let y = g(x.swap(1, Ordering::AcqRel)); // step: a.swap
                assert!(x.load(Acquire) == 1); // step: a.load
                shield.protect(&x, Acquire) // step: a.protect
            }
            #[cfg(test)]
            mod tests { fn f() { x.load(Acquire); } }",
        );
        let orders: Vec<_> = found.places.iter().map(|p| (p.step.as_str(), p.orders[0])).collect();
        assert_eq!(orders, [("a.swap", AcqRel), ("a.load", Acquire), ("a.protect", Acquire)]);
        assert_eq!(found.fixed, []);
    }

    #[test]
    fn what_cannot_be_weakened_is_told() {
        let found = read(
            "fn f(order: Ordering) {
                x.load(order); // step: a.load
                x.load(Acquire);
                let order = Release;
                help(&x, SeqCst);
                light_fence(); // step: a.fence
                twice!(x.load(Acquire); y);
            }",
        );
        let why: Vec<_> = found.fixed.iter().map(|fixed| fixed.why.as_str()).collect();
        assert_eq!(
            why,
            [
                "`load` with an ordering that the caller gives",
                "`load` without a label",
                "Release is no argument of an access",
                "an ordering for `help`, which passes it on",
                "`light_fence` has no ordering of its own",
                "an ordering in a macro that is not understood",
            ]
        );
        assert_eq!(found.places, []);
    }

    #[test]
    fn each_label_of_an_access_of_the_structures_is_met() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let found = Found::read(&root).unwrap();
        assert!(found.places.len() > 100, "{}", found.places.len());
        let unlabelled: Vec<_> = found.fixed.iter().filter(|fixed| fixed.why.contains("label")).collect();
        assert!(unlabelled.is_empty(), "{unlabelled:?}");
    }
}
