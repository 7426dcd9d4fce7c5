//! Google Ads lead forms: the whole lead, and a key inside the body that says who sent it.

use super::id;
use serde_json::{Map, Value};

/// What stands beside the answers and may be of use for rules.
const BESIDE: [&str; 8] = [
    "form_id",
    "campaign_id",
    "adgroup_id",
    "creative_id",
    "asset_group_id",
    "gcl_id",
    "lead_stage",
    "lead_submit_time",
];

/// A lead has fewer answers and shorter ids; it is read before its key is compared, so a stranger's
/// must cost little.
const MAX_ANSWERS: usize = 200;
const MAX_ID: usize = 200;

/// A lead that has come; believe it only once its key was compared.
#[derive(Clone, PartialEq)]
pub struct Lead {
    pub google_key: String,
    /// Sent by the form's test button: nobody should call.
    pub is_test: bool,
    /// Unique over all forms.
    pub lead_id: Option<String>,
    /// The answers by their column's id, such as `FULL_NAME`, and what stands beside them.
    pub fields: Map<String, Value>,
}

/// Reads a lead.
///
/// # Errors
/// When it is not JSON. What is of another shape has no key and is refused for that.
pub fn read(body: &[u8]) -> Result<Lead, serde_json::Error> {
    let body: Value = serde_json::from_slice(body)?;
    let mut fields = Map::new();
    let columns = body["user_column_data"].as_array();
    for column in columns.into_iter().flatten().take(MAX_ANSWERS) {
        // The name is for people, and need not be there.
        let Some(name) = id(column.get("column_id")).or_else(|| id(column.get("column_name")))
        else {
            continue;
        };
        let Some(value) = column.get("string_value").filter(|value| !value.is_null()) else {
            continue;
        };
        fields.insert(free(&fields, name), value.clone());
    }
    for name in BESIDE {
        if let Some(value) = id(body.get(name)) {
            fields.insert(free(&fields, name.to_owned()), Value::String(value));
        }
    }
    Ok(Lead {
        google_key: body["google_key"].as_str().unwrap_or_default().to_owned(),
        is_test: is_true(&body["is_test"]),
        lead_id: id(body.get("lead_id")).filter(|id| id.len() <= MAX_ID),
        fields,
    })
}

/// True in any spelling: a lead that nobody should call must not be taken in over one.
fn is_true(value: &Value) -> bool {
    match value {
        Value::String(text) => matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "1"),
        Value::Number(number) => number.as_u64() == Some(1),
        value => *value == true,
    }
}

/// A question that is there twice loses no answer.
fn free(fields: &Map<String, Value>, name: String) -> String {
    let mut free = name.clone();
    let mut again = 2;
    while fields.contains_key(&free) {
        free = format!("{name}_{again}");
        again += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Country, Field, Mapping};
    use serde_json::json;

    const SAMPLE: &str = r#"{"lead_id":"TeSter-123-abc","user_column_data":[{"column_name":"Full Name","string_value":"FirstName LastName","column_id":"FULL_NAME"},{"string_value":"+16505550123","column_id":"PHONE_NUMBER"},{"string_value":"test@example.com","column_id":"EMAIL"},{"string_value":"Pune","column_id":"CITY"},{"string_value":"one","column_id":"which_plan?"},{"string_value":"two","column_id":"which_plan?"}],"api_version":"1.0","form_id":40000000000,"campaign_id":"7","google_key":"the key","is_test":true,"gcl_id":"TeSter-gcl","adgroup_id":20000000000,"creative_id":30000000000}"#;

    #[test]
    fn a_lead_is_read_by_its_columns_ids() {
        let lead = read(SAMPLE.as_bytes()).unwrap();
        assert_eq!((lead.google_key.as_str(), lead.is_test), ("the key", true));
        assert_eq!(lead.lead_id.as_deref(), Some("TeSter-123-abc"));
        let expected = json!({"FULL_NAME": "FirstName LastName", "PHONE_NUMBER": "+16505550123",
            "EMAIL": "test@example.com", "CITY": "Pune", "which_plan?": "one",
            "which_plan?_2": "two", "form_id": "40000000000", "campaign_id": "7",
            "gcl_id": "TeSter-gcl", "adgroup_id": "20000000000", "creative_id": "30000000000"});
        assert_eq!(Value::Object(lead.fields), expected);
    }

    #[test]
    fn the_columns_ids_mean_what_they_say() {
        for (name, field) in [
            ("FIRST_NAME", Field::Name),
            ("LAST_NAME", Field::Name),
            ("FULL_NAME", Field::Name),
            ("PHONE_NUMBER", Field::Phone),
            ("EMAIL", Field::Email),
            ("REGION", Field::Region),
            ("form_id", Field::Attribute("form_id".into())),
            ("lead_submit_time", Field::Attribute("lead_submit_time".into())),
        ] {
            // As a source's fields are read: by their names alone.
            let mapping = Mapping::guess(&[name.to_owned()], &[], "IN".parse::<Country>().ok());
            assert_eq!(mapping.field(name), Some(&field), "{name}");
        }
    }

    #[test]
    fn a_test_is_one_however_it_is_written() {
        let is_test = |value: Value| read(json!({"is_test": value}).to_string().as_bytes());
        for test in [json!(true), json!("true"), json!(" TRUE"), json!("True"), json!(1)] {
            assert!(is_test(test.clone()).unwrap().is_test, "{test}");
        }
        for lead in [json!(false), json!("false"), json!(""), json!(null), json!(0)] {
            assert!(!is_test(lead.clone()).unwrap().is_test, "{lead}");
        }
    }

    #[test]
    fn a_stranger_s_lead_costs_little() {
        let column = json!({"column_id": "same", "string_value": "x"});
        let body =
            json!({"lead_id": "7".repeat(MAX_ID + 1), "user_column_data": vec![column; 9000]});
        let lead = read(body.to_string().as_bytes()).unwrap();
        assert_eq!((lead.lead_id, lead.fields.len()), (None, MAX_ANSWERS));
        assert!(lead.fields.contains_key("same_200"));
    }

    #[test]
    fn what_has_no_key_is_of_nobody() {
        assert_eq!(read(b"[]").map(|lead| lead.google_key).unwrap(), "");
        assert_eq!(read(br#"{"google_key":7}"#).map(|lead| lead.google_key).unwrap(), "");
        assert!(read(b"lead_id=7").is_err());
    }
}
