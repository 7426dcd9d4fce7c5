//! From a file or a webhook to leads, as an import does it.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

use connectors::{Form, Lead, Mapping, Options, Override, Rejection, Table};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::io::Cursor;

fn leads(text: &str, given: &[&str]) -> Vec<Result<Lead, Rejection>> {
    let table = Table::read(Cursor::new(text.to_owned()), &Options::default()).unwrap();
    let country = Some("IN".parse().unwrap());
    let rows: Vec<&[String]> = table.sample().iter().map(|row| row.cells.as_slice()).collect();
    let given: Vec<Override> = given.iter().map(|text| text.parse().unwrap()).collect();
    let mapping = Mapping::guess(table.headers(), &rows, country).with(&given).unwrap();
    let form = Form::new(&mapping, country, TimeZone::get("Asia/Kolkata").unwrap());
    table.map(|row| form.read(&row.unwrap())).collect()
}

fn object(form: &Form, value: Value) -> Result<Lead, Rejection> {
    form.read_object(value.as_object().unwrap())
}

#[test]
fn a_row_becomes_a_lead() {
    let text = "Name,Mobile,E-mail,State,Priority,Callback time,Budget\n\
                Asha Rao,098765 43210 / 022 2345 6789,asha@example.org,Kerala,high,3/4/2025 14:30,5000\n";
    let lead = leads(text, &[]).remove(0).unwrap();
    assert_eq!(lead.contact.name.as_deref(), Some("Asha Rao"));
    let phone = lead.contact.phone.unwrap();
    assert_eq!(phone.e164.as_deref(), Some("+919876543210"));
    assert_eq!(lead.contact.email.as_deref(), Some("asha@example.org"));
    assert_eq!(lead.region.as_deref(), Some("Kerala"));
    assert_eq!(lead.priority, Some(70));
    assert_eq!(lead.earliest.unwrap().to_string(), "2025-04-03T09:00:00Z");
    assert_eq!(json!(lead.attributes), json!({"budget": "5000", "mobile_other": "022 2345 6789"}));
}

#[test]
fn the_first_usable_of_several_phones_is_taken() {
    let text = "Name,Phone,Mobile\nA,12345,9876543210\nB,9876543211,+91 98765 43211\nC,1,2\n";
    let leads = leads(text, &[]);
    let lead = |at: usize| leads[at].clone().unwrap();
    assert_eq!(lead(0).contact.phone.unwrap().e164.as_deref(), Some("+919876543210"));
    assert_eq!(json!(lead(0).attributes), json!({"phone_other": "12345"}));
    assert_eq!(json!(lead(1).attributes), json!({}));
    // An unusable phone is flagged, and the lead is kept.
    let phone = lead(2).contact.phone.unwrap();
    assert!(!phone.usable() && phone.problem.is_some());
}

#[test]
fn names_of_two_columns_are_joined() {
    let western = leads("First Name,Last Name\nAsha,Rao\n", &[]).remove(0).unwrap();
    assert_eq!(western.contact.name.as_deref(), Some("Asha Rao"));
    let chinese = leads("姓,名,电话\n张,伟,1\n", &[]).remove(0).unwrap();
    assert_eq!(chinese.contact.name.as_deref(), Some("张伟"));
}

#[test]
fn a_row_that_cannot_be_read_says_which_column() {
    let text = "Name,P,When\nA,150,2025-01-01\nB,5,soon\nC,5,2025-01-01,x\nD,5,2025-01-01\n";
    let leads = leads(text, &["P=priority", "When=earliest"]);
    let said: Vec<String> = leads
        .iter()
        .map(|lead| lead.as_ref().err().map_or(String::new(), ToString::to_string))
        .collect();
    assert_eq!(
        said,
        [
            "P: must be a number from 0 to 100, or high, medium or low",
            "When: must be a date or time such as 2025-04-03 14:30",
            "the row has 4 cells, but the header has 3",
            "",
        ]
    );
}

#[test]
fn a_wrong_email_is_kept_beside_the_lead() {
    let lead = leads("Email,Name\nasha at example,Asha\n", &["Email=email", "Name=name"]);
    let lead = lead[0].clone().unwrap();
    assert_eq!(lead.contact.email, None);
    assert_eq!(json!(lead.attributes), json!({"email": "asha at example"}));
}

#[test]
fn what_an_export_escaped_is_read_back() {
    let lead = leads("Name,Phone\n'=Asha,'+91-98765-43210\n", &[]).remove(0).unwrap();
    assert_eq!(lead.contact.name.as_deref(), Some("=Asha"));
    assert!(lead.contact.phone.unwrap().usable());
}

#[test]
fn a_webhooks_object_becomes_a_lead() {
    let value = json!({
        "id": 17, "full_name": "张伟", "customer": {"phone_number": 13800138000_u64},
        "tags": ["hot", "web"], "city": null, "budget": 1.5
    });
    let country = Some("CN".parse().unwrap());
    let mapping = Mapping::guess_object(value.as_object().unwrap(), country);
    let form = Form::new(&mapping, country, TimeZone::UTC);
    let lead = object(&form, value).unwrap();
    assert_eq!(lead.contact.name.as_deref(), Some("张伟"));
    assert_eq!(lead.contact.phone.unwrap().e164.as_deref(), Some("+8613800138000"));
    assert_eq!(json!(lead.attributes), json!({"id": 17, "tags": ["hot", "web"], "budget": 1.5}));
}

#[test]
fn a_sources_own_mapping_reads_its_objects() {
    let mapping: Mapping =
        serde_json::from_str(r#"{"who": "name", "tel": "phone", "x": "skip", "amt": "budget"}"#)
            .unwrap();
    let form = Form::new(&mapping, Some("IN".parse().unwrap()), TimeZone::UTC);
    let lead = object(&form, json!({"who": "A", "tel": "1", "x": 1, "amt": 5, "y": true})).unwrap();
    assert_eq!(json!(lead.attributes), json!({"budget": 5, "y": true}));
    let wrong = object(&form, json!({"tel": ["1"]})).unwrap_err();
    assert_eq!(wrong.to_string(), "tel: must be a text or a number, not an object or a list");
    assert_eq!(object(&form, json!({"x": 1, "who": " "})), Err(Rejection::Nothing));
}
