//! Conditions of rules: what holds, what they say for themselves, what is refused.

use routing::{Attributes, Condition, Op, Value};

fn lead() -> Attributes {
    [
        ("budget", Value::from(1500.0)),
        ("city", Value::from("pune")),
        ("vip", Value::from(true)),
        ("tags", Value::List(vec!["new".into(), "web".into()])),
    ]
    .into_iter()
    .collect()
}

fn compare(attribute: &str, op: Op, value: impl Into<Value>) -> Condition {
    Condition::Compare { attribute: attribute.into(), op, value: value.into() }
}

#[test]
fn comparisons() {
    let list = |items: &[&str]| Value::List(items.iter().map(|s| s.to_string()).collect());
    let cases = [
        (compare("budget", Op::Gt, 1000.0), true),
        (compare("budget", Op::Ge, 1500.0), true),
        (compare("budget", Op::Lt, 1500.0), false),
        (compare("budget", Op::Le, 1500.0), true),
        (compare("budget", Op::Gt, "1000"), false),
        (compare("city", Op::Eq, "pune"), true),
        (compare("city", Op::Ne, "pune"), false),
        (compare("city", Op::Lt, "rajkot"), true),
        (compare("city", Op::Contains, "un"), true),
        (compare("city", Op::StartsWith, "pu"), true),
        (compare("budget", Op::StartsWith, "1"), false),
        (compare("city", Op::In, list(&["pune", "delhi"])), true),
        (compare("city", Op::In, list(&["delhi"])), false),
        (compare("tags", Op::Contains, "web"), true),
        (compare("vip", Op::Contains, "t"), false),
        (compare("vip", Op::Exists, true), true),
        (compare("vip", Op::Exists, false), false),
        (compare("phone", Op::Exists, false), true),
        (compare("phone", Op::Exists, true), false),
        (compare("phone", Op::Ne, "x"), true),
        (compare("phone", Op::Eq, "x"), false),
    ];
    for (condition, holds) in cases {
        assert_eq!(condition.holds(&lead()), holds, "{condition:?}");
        assert_eq!(condition.explain(&lead()).holds, holds, "{condition:?}");
    }
}

#[test]
fn a_tree_explains_every_part() {
    let tree = Condition::All(vec![
        Condition::Any(vec![compare("city", Op::Eq, "delhi"), compare("vip", Op::Eq, true)]),
        Condition::Not(Box::new(compare("budget", Op::Lt, 1000.0))),
    ]);
    let trace = tree.explain(&lead());
    assert!(trace.holds && trace.condition == "all" && trace.parts.len() == 2);
    let any = &trace.parts[0];
    assert_eq!(any.parts[0].condition, "city eq \"delhi\"");
    assert_eq!(any.parts[0].found, Some(Value::from("pune")));
    assert!(!any.parts[0].holds && any.parts[1].holds);
    assert_eq!(trace.parts[1].parts[0].condition, "budget lt 1000");
}

#[test]
fn what_cannot_be_kept_says_why() {
    let mut deep = compare("a", Op::Eq, 1.0);
    for _ in 0..8 {
        deep = Condition::Not(Box::new(deep));
    }
    let wide = Condition::Any(vec![compare("a", Op::Eq, 1.0); 100]);
    for (bad, says) in [
        (deep, "nested"),
        (wide, "at most 100"),
        (compare("", Op::Eq, 1.0), "needs an attribute"),
        (compare("a", Op::Lt, true), "number or a text"),
        (compare("a", Op::In, "x"), "needs a list"),
        (compare("a", Op::Exists, "x"), "true or false"),
        (compare("a", Op::Contains, 1.0), "searched only for a text"),
    ] {
        let problem = bad.check().expect_err("refused");
        assert!(problem.contains(says), "{problem}");
    }
    assert_eq!(compare("a", Op::Gt, 1.0).check(), Ok(()));
    assert_eq!(compare("a", Op::Exists, true).check(), Ok(()));
    assert_eq!(compare("a", Op::In, Value::List(vec![])).check(), Ok(()));
}

#[test]
fn values_keep_their_form() {
    for json in [r#"{"a":1054,"b":0.5,"c":"x","d":true,"e":["p","q"]}"#, "{}"] {
        let attributes: Attributes = serde_json::from_str(json).expect("attributes");
        assert_eq!(serde_json::to_string(&attributes).expect("json"), json);
    }
    assert!(serde_json::from_str::<Attributes>(r#"{"a":{"nested":1}}"#).is_err());
    assert!(serde_json::from_str::<Attributes>(r#"{"a":null}"#).is_err());
    assert_eq!(lead().len(), 4);
    assert!(Attributes::default().is_empty());
}
