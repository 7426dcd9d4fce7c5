//! What Meta's Graph API answers when a lead is asked for.

use super::id;
use serde_json::{Map, Value};

/// The fields of a lead that are asked for.
pub const FIELDS: &str = "id,ad_id,form_id,field_data";

/// A lead's answers, by the names of the form's questions.
pub type Fields = Map<String, Value>;

/// What to do after a lead could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It may work in a moment.
    TrySoon,
    /// Too much was asked for; it will work when less is.
    TryLater,
    /// It will work once somebody has mended the source's token or its rights.
    Mend,
    /// It will never work.
    GiveUp,
}

/// Why a lead could not be had. Meta's own words are left out: they may repeat the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Trouble {
    pub then: Then,
    pub problem: String,
}

impl Trouble {
    pub fn new(then: Then, problem: impl Into<String>) -> Self {
        Trouble { then, problem: problem.into() }
    }
}

/// Reads the answer to the question for one lead.
///
/// # Errors
/// When it is not that lead.
pub fn read(leadgen_id: &str, status: u16, body: &[u8]) -> Result<Fields, Trouble> {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(error) = read.as_ref().and_then(|body| body.get("error")) {
        return Err(of_code(error["code"].as_i64(), status));
    }
    match (status, read) {
        (200, Some(Value::Object(lead))) => fields(leadgen_id, &lead),
        (200, _) => Err(Trouble::new(Then::TrySoon, "Meta's answer is not JSON")),
        (status, _) => Err(of_status(status)),
    }
}

fn fields(leadgen_id: &str, lead: &Map<String, Value>) -> Result<Fields, Trouble> {
    if id(lead.get("id")).is_some_and(|id| id != leadgen_id) {
        return Err(Trouble::new(Then::GiveUp, "Meta answered with another lead"));
    }
    let Some(Value::Array(data)) = lead.get("field_data") else {
        let problem = "Meta's answer has no field_data; the token may lack leads_retrieval";
        return Err(Trouble::new(Then::Mend, problem));
    };
    let mut fields = Fields::new();
    for field in data {
        let Some(name) = field["name"].as_str() else { continue };
        let values = match &field["values"] {
            Value::Array(values) => match values.as_slice() {
                [] => continue,
                [one] => one.clone(),
                many => Value::Array(many.to_vec()),
            },
            Value::Null => continue,
            one => one.clone(),
        };
        fields.insert(name.to_owned(), values);
    }
    for name in ["ad_id", "form_id"] {
        // A question of the form may have such a name: it goes before.
        if let Some(id) = id(lead.get(name)).filter(|_| !fields.contains_key(name)) {
            fields.insert(name.to_owned(), Value::String(id));
        }
    }
    Ok(fields)
}

fn of_code(code: Option<i64>, status: u16) -> Trouble {
    let Some(code) = code else { return of_status(status) };
    let (then, what) = match code {
        1 | 2 | 341 | 368 => (Then::TrySoon, "Meta has a problem for now"),
        4 | 17 | 32 | 613 | 80_000..=80_014 => (Then::TryLater, "Meta's limit of calls is reached"),
        102 | 190 => (Then::Mend, "Meta refuses the page token; set a new one"),
        10 | 200..=299 => {
            (Then::Mend, "the page token lacks a right; it needs leads_retrieval for this page")
        }
        100 => (Then::GiveUp, "Meta does not know this lead, or not for this page token"),
        _ => (Then::GiveUp, "Meta refuses to hand out the lead"),
    };
    Trouble::new(then, format!("{what} (code {code})"))
}

fn of_status(status: u16) -> Trouble {
    let then = match status {
        429 => Then::TryLater,
        401 | 403 => Then::Mend,
        408 | 500..=599 => Then::TrySoon,
        _ => Then::GiveUp,
    };
    Trouble::new(then, format!("Meta answered with HTTP {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LEAD: &str = r#"{"created_time":"2015-02-28T08:49:14+0000","id":"901","ad_id":"401","form_id":"301","field_data":[{"name":"car_make","values":["Honda"]},{"name":"full_name","values":["Joe Example"]},{"name":"email","values":["joe@example.com"]},{"name":"colours","values":["red","blue"]},{"name":"empty","values":[]}]}"#;

    #[test]
    fn a_lead_s_answers_are_read_by_their_names() {
        let fields = read("901", 200, LEAD.as_bytes()).unwrap();
        let expected = json!({"car_make": "Honda", "full_name": "Joe Example",
            "email": "joe@example.com", "colours": ["red", "blue"], "ad_id": "401",
            "form_id": "301"});
        assert_eq!(Value::Object(fields), expected);
        assert_eq!(read("902", 200, LEAD.as_bytes()).unwrap_err().then, Then::GiveUp);
    }

    #[test]
    fn an_error_s_code_says_what_to_do() {
        let error = |code: i64| {
            let body = json!({"error": {"message": "Malformed access token EAAG-secret",
                "type": "OAuthException", "code": code, "fbtrace_id": "x"}});
            read("901", 400, body.to_string().as_bytes()).unwrap_err()
        };
        for code in [1, 2, 341, 368] {
            assert_eq!(error(code).then, Then::TrySoon, "{code}");
        }
        for code in [4, 17, 32, 613, 80_000, 80_005, 80_014] {
            assert_eq!(error(code).then, Then::TryLater, "{code}");
        }
        for code in [10, 102, 190, 200, 299] {
            assert_eq!(error(code).then, Then::Mend, "{code}");
        }
        for code in [3, 100, 506] {
            assert_eq!(error(code).then, Then::GiveUp, "{code}");
        }
        assert!(!error(190).problem.contains("secret"));
    }

    #[test]
    fn an_answer_of_another_shape_is_told_by_its_status() {
        let then = |status: u16, body: &str| read("901", status, body.as_bytes()).unwrap_err().then;
        assert_eq!(then(502, "<html>"), Then::TrySoon);
        assert_eq!(then(429, ""), Then::TryLater);
        assert_eq!(then(403, "{}"), Then::Mend);
        assert_eq!(then(404, "{}"), Then::GiveUp);
        assert_eq!(then(200, "<html>"), Then::TrySoon);
        assert_eq!(then(200, r#"{"id":"901"}"#), Then::Mend);
        assert_eq!(then(400, r#"{"error":{"code":"x"}}"#), Then::GiveUp);
    }
}
