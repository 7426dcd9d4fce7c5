//! Meta Lead Ads: a signed notice of new leads, by id only. The leads themselves are fetched.

use super::{id, mac};
use hmac::Mac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The id that the dashboard's test button sends. Nothing can be fetched under it.
const TEST_LEAD: &str = "444444444444";

/// A lead that Meta gave notice of. Ids are texts of digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticedLead {
    pub leadgen_id: String,
    pub page_id: Option<String>,
    pub form_id: Option<String>,
    pub ad_id: Option<String>,
    pub adgroup_id: Option<String>,
}

/// What a notice says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    pub leads: Vec<NoticedLead>,
    /// Changes that are none of ours: of other fields, of the test button, or without an id.
    pub ignored: usize,
}

/// Whether `X-Hub-Signature-256` is of these very bytes, compared in constant time. Meta writes
/// letters beyond ASCII as `\uXXXX` in what it signs, so the body must not have been written anew.
pub fn verify(app_secret: &str, header: &str, body: &[u8]) -> bool {
    let Some(signature) = header.strip_prefix("sha256=").and_then(unhex) else { return false };
    mac(app_secret.as_bytes(), &[body]).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// Reads a notice whose signature is right.
///
/// # Errors
/// When it is not JSON. What is of another shape is ignored: Meta would only send it again.
pub fn read(body: &[u8]) -> Result<Notice, serde_json::Error> {
    let body: Value = serde_json::from_slice(body)?;
    let mut notice = Notice::default();
    let entries = body["entry"].as_array().into_iter().flatten();
    for change in entries.filter_map(|entry| entry["changes"].as_array()).flatten() {
        match lead(change) {
            Some(lead) if lead.leadgen_id != TEST_LEAD => notice.leads.push(lead),
            _ => notice.ignored += 1,
        }
    }
    Ok(notice)
}

fn lead(change: &Value) -> Option<NoticedLead> {
    if change["field"] != "leadgen" {
        return None;
    }
    // It becomes part of an address: digits only.
    let digits = |name: &str| {
        let text = id(change["value"].get(name))?;
        (text.len() <= 32 && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
    };
    Some(NoticedLead {
        leadgen_id: digits("leadgen_id")?,
        page_id: digits("page_id"),
        form_id: digits("form_id"),
        ad_id: digits("ad_id"),
        adgroup_id: digits("adgroup_id"),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_of_the_raw_bytes() {
        // echo -n BODY | openssl dgst -sha256 -hmac app-secret
        let body = r#"{"object":"page","entry":[],"name":"Zo\u00eb"}"#;
        let right = "sha256=d97aedab4a597040b5a2660f29d304a244e4784f9aa92e187554ce9c29677635";
        assert!(verify("app-secret", right, body.as_bytes()));
        assert!(!verify("app-secret", right, body.replace("\\u00eb", "ë").as_bytes()));
        assert!(!verify("another", right, body.as_bytes()));
        for wrong in ["", "sha256=", "sha256=zz", "sha256=é0", &right[7..], &right[..70]] {
            assert!(!verify("app-secret", wrong, body.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn several_entries_and_changes_with_ids_of_both_kinds() {
        let body = r#"{"object":"page","entry":[
            {"id":"101","time":1760000000,"changes":[
                {"field":"leadgen","value":{"leadgen_id":"901","page_id":"101","form_id":"301","adgroup_id":"501","ad_id":"401","created_time":1760000000}},
                {"field":"feed","value":{"item":"post"}}]},
            {"id":102,"time":1760000001,"changes":[
                {"field":"leadgen","value":{"leadgen_id":902,"page_id":102,"form_id":302,"created_time":1760000001}},
                {"field":"leadgen","value":{"leadgen_id":"../me","page_id":102}}]}]}"#;
        let notice = read(body.as_bytes()).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let first = NoticedLead {
            leadgen_id: "901".into(),
            page_id: text("101"),
            form_id: text("301"),
            ad_id: text("401"),
            adgroup_id: text("501"),
        };
        let second = NoticedLead {
            leadgen_id: "902".into(),
            page_id: text("102"),
            form_id: text("302"),
            ..NoticedLead::default()
        };
        assert_eq!(notice, Notice { leads: vec![first, second], ignored: 2 });
    }

    #[test]
    fn the_dashboard_s_test_is_ignored_and_so_is_what_is_no_notice() {
        let test = r#"{"object":"page","entry":[{"id":"0","time":1760000000,"changes":[{"field":"leadgen","value":{"ad_id":"444444444","form_id":"444444444444","leadgen_id":"444444444444","created_time":1760000000,"page_id":"444444444444","adgroup_id":"44444444444"}}]}]}"#;
        assert_eq!(read(test.as_bytes()).unwrap(), Notice { leads: vec![], ignored: 1 });
        assert_eq!(read(b"[]").unwrap(), Notice::default());
        assert!(read(b"{").is_err());
    }
}
