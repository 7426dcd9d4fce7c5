//! Conditions as JSON-Logic: that nothing changes its meaning on the way, in either direction.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

mod engine;
mod trees;

use connectors::json_logic::{from_json_logic, to_json_logic};
use engine::{evaluate, truthy};
use routing::{Attributes, Condition, Op, Value};
use serde_json::{Value as Json, json};

/// An object's routing attributes; what lies deeper is named with dots.
fn attributes(data: &Json) -> Attributes {
    fn add(name: &str, value: &Json, to: &mut Vec<(String, Value)>) {
        match value {
            Json::Object(object) => {
                for (key, value) in object {
                    let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                    add(&name, value, to);
                }
            }
            Json::Null => {}
            value => to.push((name.to_owned(), serde_json::from_value(value.clone()).unwrap())),
        }
    }
    let mut found = Vec::new();
    add("", data, &mut found);
    found.into_iter().collect()
}

/// The cases of these operators among those that JSON-Logic publishes (jsonlogic.com/tests.json),
/// written down from memory, and whether what they give counts as true.
#[test]
fn the_published_cases_of_the_subset_hold() {
    let fruits = json!({"a": "apple", "b": "banana"});
    let pie = json!({"temp": 100, "pie": {"filling": "apple"}});
    let none = Json::Null;
    let cases = [
        // Values that are no logic.
        (json!(true), &none, true),
        (json!(false), &none, false),
        (json!(17), &none, true),
        (json!(2.5), &none, true),
        (json!(null), &none, false),
        (json!("apple"), &none, true),
        (json!(["a", "b"]), &none, true),
        // Single operators.
        (json!({"==": [1, 1]}), &none, true),
        (json!({"==": [1, "1"]}), &none, true),
        (json!({"==": [1, 2]}), &none, false),
        (json!({"!=": [1, 2]}), &none, true),
        (json!({"!=": [1, 1]}), &none, false),
        (json!({"!=": [1, "1"]}), &none, false),
        (json!({">": [2, 1]}), &none, true),
        (json!({">": [1, 1]}), &none, false),
        (json!({">": [1, 2]}), &none, false),
        (json!({">": ["2", 1]}), &none, true),
        (json!({">=": [2, 1]}), &none, true),
        (json!({">=": [1, 1]}), &none, true),
        (json!({">=": [1, 2]}), &none, false),
        (json!({">=": ["2", 1]}), &none, true),
        (json!({"<": [2, 1]}), &none, false),
        (json!({"<": [1, 1]}), &none, false),
        (json!({"<": [1, 2]}), &none, true),
        (json!({"<": ["1", 2]}), &none, true),
        (json!({"<=": [2, 1]}), &none, false),
        (json!({"<=": [1, 1]}), &none, true),
        (json!({"<=": [1, 2]}), &none, true),
        (json!({"<=": ["1", 2]}), &none, true),
        // Between.
        (json!({"<": [1, 2, 3]}), &none, true),
        (json!({"<": [1, 1, 3]}), &none, false),
        (json!({"<": [1, 4, 3]}), &none, false),
        (json!({"<=": [1, 2, 3]}), &none, true),
        (json!({"<=": [1, 1, 3]}), &none, true),
        (json!({"<=": [1, 4, 3]}), &none, false),
        // Not, with and without brackets.
        (json!({"!": [false]}), &none, true),
        (json!({"!": false}), &none, true),
        (json!({"!": [true]}), &none, false),
        (json!({"!": true}), &none, false),
        (json!({"!": 0}), &none, true),
        (json!({"!": 1}), &none, false),
        // And, or.
        (json!({"or": [true, true]}), &none, true),
        (json!({"or": [false, true]}), &none, true),
        (json!({"or": [true, false]}), &none, true),
        (json!({"or": [false, false]}), &none, false),
        (json!({"or": [false, false, true]}), &none, true),
        (json!({"or": [false, false, false]}), &none, false),
        (json!({"or": [false]}), &none, false),
        (json!({"or": [true]}), &none, true),
        (json!({"or": [1, 3]}), &none, true),
        (json!({"or": [3, false]}), &none, true),
        (json!({"or": [false, 3]}), &none, true),
        (json!({"and": [true, true]}), &none, true),
        (json!({"and": [false, true]}), &none, false),
        (json!({"and": [true, false]}), &none, false),
        (json!({"and": [false, false]}), &none, false),
        (json!({"and": [true, true, true]}), &none, true),
        (json!({"and": [true, true, false]}), &none, false),
        (json!({"and": [false]}), &none, false),
        (json!({"and": [true]}), &none, true),
        (json!({"and": [1, 3]}), &none, true),
        (json!({"and": [3, false]}), &none, false),
        (json!({"and": [false, 3]}), &none, false),
        // In.
        (json!({"in": ["Bart", ["Bart", "Homer", "Lisa", "Marge", "Maggie"]]}), &none, true),
        (json!({"in": ["Milhouse", ["Bart", "Homer", "Lisa", "Marge", "Maggie"]]}), &none, false),
        (json!({"in": ["Spring", "Springfield"]}), &none, true),
        (json!({"in": ["i", "team"]}), &none, false),
        // Data.
        (json!({"var": ["a"]}), &json!({"a": 1}), true),
        (json!({"var": ["b"]}), &json!({"a": 1}), false),
        (json!({"var": ["a"]}), &none, false),
        (json!({"var": "a"}), &json!({"a": 1}), true),
        (json!({"var": "b"}), &json!({"a": 1}), false),
        (json!({"var": "a"}), &none, false),
        (json!({"var": ["a", 1]}), &none, true),
        (json!({"var": ["b", 2]}), &json!({"a": 1}), true),
        (json!({"var": "a.b"}), &json!({"a": {"b": "c"}}), true),
        (json!({"var": "a.q"}), &json!({"a": {"b": "c"}}), false),
        (json!({"var": ["a.q", 9]}), &json!({"a": {"b": "c"}}), true),
        // Missing.
        (json!({"missing": []}), &none, false),
        (json!({"missing": ["a"]}), &none, true),
        (json!({"missing": "a"}), &none, true),
        (json!({"missing": "a"}), &fruits, false),
        (json!({"missing": ["a"]}), &fruits, false),
        (json!({"missing": ["a", "b"]}), &json!({"a": "apple"}), true),
        (json!({"missing": ["a", "b"]}), &json!({"b": "banana"}), true),
        (json!({"missing": ["a", "b"]}), &fruits, false),
        (json!({"missing": ["a", "b"]}), &json!({}), true),
        (json!({"missing": ["a", "b"]}), &none, true),
        // Compound, with data.
        (json!({"and": [{">": [3, 1]}, true]}), &json!({}), true),
        (json!({"and": [{">": [3, 1]}, false]}), &json!({}), false),
        (json!({"and": [{">": [3, 1]}, {"!": true}]}), &json!({}), false),
        (json!({"and": [{">": [3, 1]}, {"<": [1, 3]}]}), &json!({}), true),
        (
            json!({"and": [{"<": [{"var": "temp"}, 110]}, {"==": [{"var": "pie.filling"}, "apple"]}]}),
            &pie,
            true,
        ),
        (json!({"<": [0, {"var": "temp"}, 110]}), &pie, true),
        (json!({"==": [{"var": "pie.filling"}, "cherry"]}), &pie, false),
    ];
    for (logic, data, expected) in &cases {
        let read = from_json_logic(logic).unwrap_or_else(|error| panic!("{logic}: {error}"));
        let data = if data.is_null() { json!({}) } else { (*data).clone() };
        assert_eq!(read.holds(&attributes(&data)), *expected, "{logic} of {data}: {read:?}");
        // The engine that the other tests lean on is held against the same cases.
        assert_eq!(truthy(&evaluate(logic, &data)), *expected, "{logic} of {data}");
    }
}

#[test]
fn every_tree_comes_back_as_it_was_and_means_the_same() {
    let mut written = 0;
    for seed in 0..10_000 {
        let mut random = trees::Random::new(seed);
        let tree = random.tree(4);
        assert_eq!(tree.check(), Ok(()), "{tree:?}");
        let logic = match to_json_logic(&tree) {
            Ok(logic) => logic,
            Err(error) => {
                assert!(trees::is_unsayable(&tree), "seed {seed}: {error}: {tree:?}");
                continue;
            }
        };
        assert!(!trees::is_unsayable(&tree), "seed {seed}: {logic}");
        written += 1;
        // As a file keeps it.
        let logic: Json = serde_json::from_str(&logic.to_string()).unwrap();
        assert_eq!(from_json_logic(&logic).as_ref(), Ok(&tree), "seed {seed}: {logic}");
        for _ in 0..5 {
            let data = random.data();
            let holds = tree.holds(&attributes(&data));
            assert_eq!(holds, truthy(&evaluate(&logic, &data)), "seed {seed}: {logic} of {data}");
        }
    }
    assert!(written > 3_000, "{written}");
}

#[test]
fn whatever_is_read_means_the_same() {
    let (mut read, mut held) = (0, 0);
    for seed in 0..10_000 {
        let mut random = trees::Random::new(seed);
        let logic = random.logic(3);
        let Ok(condition) = from_json_logic(&logic) else { continue };
        read += 1;
        for _ in 0..5 {
            let data = random.data();
            let holds = condition.holds(&attributes(&data));
            held += u32::from(holds);
            assert_eq!(holds, truthy(&evaluate(&logic, &data)), "seed {seed}: {logic} of {data}");
        }
    }
    assert!(read > 3_000 && held > 3_000, "{read} {held}");
}

#[test]
fn an_order_keeps_the_absent_where_javascript_puts_them() {
    let younger = Condition::Compare { attribute: "age".into(), op: Op::Lt, value: 18.0.into() };
    let guarded = json!({"and": [{"!=": [{"var": "age"}, null]}, {"<": [{"var": "age"}, 18]}]});
    assert_eq!(to_json_logic(&younger), Ok(guarded.clone()));
    assert_eq!(from_json_logic(&guarded), Ok(younger));
    let bare = from_json_logic(&json!({"<": [{"var": "age"}, 18]})).unwrap();
    assert!(bare.holds(&Attributes::default()));
    assert!(!bare.holds(&attributes(&json!({"age": 20}))));
}

#[test]
fn what_cannot_be_said_is_refused_where_it_stands() {
    let a = json!({"var": "a"});
    let cases = [
        (json!({"and": [true, {"in": [a, "text"]}]}), "and.1.in: can look for an attribute only"),
        (json!({"or": [{"==": [a, {"var": "b"}]}]}), "or.0.==: compares two attributes"),
        (json!({"if": [true, 1, 2]}), "if: is not one of and or"),
        (json!({"!": [{"===": [a, 1]}]}), "!.===: is not one of"),
        (json!({"==": [a, [1]]}), "==: can compare only texts"),
        (json!({"<": [a, true]}), "<: can order only by a number or a text"),
        (json!({"<": [a]}), "<: must compare two values"),
        (json!({">": [{"+": [1, a]}, 3]}), ">.0: can only be a value or a var"),
        (json!({"in": ["", a]}), "in: must look for a text that is not empty"),
        (json!({"in": [3, a]}), "in: can look for nothing but a text"),
        (json!({"in": [a, ["x", ["y"]]]}), "in.1.1: can compare only texts"),
        (json!({"var": ""}), "var: must name an attribute"),
        (json!({"==": [{"var": 1}, 1]}), "==.0.var: must name an attribute"),
        (json!({"missing": [1]}), "missing: must name attributes"),
        (json!({"and": []}), "and: must have at least one part"),
        (json!({"and": [true], "or": [true]}), "must have one operator"),
        (json!({}), "must have one operator"),
    ];
    for (logic, wrong) in &cases {
        let error = from_json_logic(logic).expect_err(&logic.to_string()).to_string();
        assert!(error.starts_with(wrong), "{logic}: {error}");
    }
    let mut deep = json!(true);
    for _ in 0..9 {
        deep = json!({"!": [deep]});
    }
    let error = from_json_logic(&deep).expect_err("too deep").to_string();
    assert_eq!(error, "conditions may be nested at most 8 deep");

    let starts =
        Condition::Compare { attribute: "a".into(), op: Op::StartsWith, value: "x".into() };
    let tree = Condition::All(vec![Condition::All(vec![]), Condition::Not(Box::new(starts))]);
    let error = to_json_logic(&tree).expect_err("starts_with").to_string();
    assert!(error.starts_with("all.1.not.starts_with: JSON-Logic's subset has no word"), "{error}");
}
