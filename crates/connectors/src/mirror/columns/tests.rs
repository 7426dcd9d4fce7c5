use super::*;
use serde_json::{Value, json};

fn read(config: Value) -> Result<Columns, String> {
    serde_json::from_value(config).map_err(|error| error.to_string())
}

#[test]
fn a_configuration_is_read_and_written_the_same() {
    let config = json!([
        {"column": "account", "permission": "read", "attribute": "account", "role": "unique"},
        {"letter": "M", "permission": "read", "attribute": "phone"},
        {"column": "已电联", "permission": "write", "role": "done"},
        {"column": "D", "permission": "ignore"},
    ]);
    let columns = read(config.clone()).unwrap();
    assert_eq!(serde_json::to_value(&columns).unwrap(), config);
    assert_eq!(columns.all()[1].attribute, Some(Field::Phone));
    let names: Vec<&str> = columns.fetched().map(SheetColumn::name).collect();
    assert_eq!(names, ["account", "M", "已电联"]);
}

#[test]
fn only_what_may_be_written_has_a_key() {
    let columns = Columns::recruitment();
    let names: Vec<String> = columns.writable().map(|(_, key)| key.name().to_owned()).collect();
    assert_eq!(names, ["已电联", "已选中", "QQ", "建联人", "备注"]);
    assert_eq!(columns.written_role(Role::Owner).unwrap().name(), "建联人");
    assert_eq!(columns.showing(&"qq".parse().unwrap()).unwrap().name(), "QQ");
    assert_eq!(columns.showing(&Field::Phone), None);
    assert_eq!(columns.written_role(Role::Unique), None);
}

#[test]
fn what_makes_no_sense_is_refused_and_named() {
    let phone = json!({"column": "M", "permission": "read", "attribute": "phone"});
    for (column, said) in [
        (json!({"permission": "read"}), "either `column`"),
        (json!({"column": "a", "letter": "B", "permission": "read"}), "either `column`"),
        (json!({"letter": "M1", "permission": "read"}), "not a column's letter"),
        (json!({"column": "m", "permission": "read", "attribute": "x"}), "\"m\" is there twice"),
        (json!({"column": "b", "permission": "read", "attribute": "phone"}), "attribute \"phone\""),
        (json!({"column": "b", "permission": "ignore", "role": "done"}), "is ignored"),
        (json!({"column": "b", "permission": "write", "role": "unique"}), "must be read"),
        (json!({"column": "b", "permission": "write"}), "neither"),
        (json!({"column": "b", "permission": "writes"}), "unknown variant"),
        (json!({"column": "b", "permission": "read", "atribute": "x"}), "unknown field"),
    ] {
        let error = read(json!([phone, column])).unwrap_err();
        assert!(error.contains(said), "{column}: {error}");
    }
    let only_written = json!([{"column": "b", "permission": "write", "role": "done"}]);
    assert!(read(only_written).unwrap_err().contains("no column is read"));
    let done = |name: &str| json!({"column": name, "permission": "write", "role": "done"});
    assert!(read(json!([phone, done("a"), done("b")])).unwrap_err().contains("role Done"));
}
