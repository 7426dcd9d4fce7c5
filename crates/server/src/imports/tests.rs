//! Files in, over HTTP: previewed, imported, resumed, and the rejected rows handed back.

use crate::testing::{Answer, Harness, Office};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::time::Duration;

fn form(parts: &[(&str, Option<&str>, &str)]) -> String {
    let mut form = String::new();
    for (name, file, content) in parts {
        let file = file.map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
        form += &format!(
            "--X\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        );
    }
    form + "--X--\r\n"
}

async fn send(h: &Harness, parts: &[(&str, Option<&str>, &str)]) -> Answer {
    let request = Request::post("/api/v1/imports")
        .header("authorization", format!("Bearer {}", h.admin))
        .header("content-type", "multipart/form-data; boundary=X");
    h.send(request.body(Body::from(form(parts))).unwrap()).await
}

async fn done(h: &Harness, id: &Value) -> Value {
    for _ in 0..2000 {
        let job = h.get(&format!("/imports/{id}")).await;
        if job["state"] != "running" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the import did not end");
}

fn table(rows: u64) -> String {
    let mut text = String::from("Full Name,Mobile,Budget,Remarks\n");
    for n in 0..rows {
        text += &format!("Person {n},98{n:08},{},\"line one\nline two\"\n", n * 10);
    }
    text
}

async fn office(h: &Harness) -> Office {
    h.office(&["Asha"]).await
}

#[tokio::test]
async fn a_file_is_previewed_and_imported() {
    let h = Harness::new().await;
    let office = office(&h).await;
    let mut text = table(3);
    text += "Again,9800000001,5,x\nToo,9800000009,6,x,many\n";
    let file = ("file", Some("leads.csv"), &*text);
    let preview =
        send(&h, &[file, ("source", None, "web"), ("dry_run", None, "true")]).await.expect(202);
    assert_eq!((&preview["state"], &preview["total"]), (&json!("preview"), &json!(5)));
    assert_eq!(
        preview["mapping"],
        json!({"Full Name": "name", "Mobile": "phone", "Budget": "budget", "Remarks": "remarks"})
    );
    assert_eq!(preview["columns"][1]["samples"][0], "9800000000");
    let would = ["done", "imported", "duplicates", "rejected"].map(|name| preview[name].clone());
    assert_eq!(would, [5, 3, 1, 1].map(Value::from));
    assert_eq!(preview["rejected_rows"][0]["row"], 5);
    assert_eq!(h.get("/items").await["items"].as_array().unwrap().len(), 0);
    let map = ("map", None, r#"{"Remarks": "skip"}"#);
    let job = send(&h, &[file, ("source", None, "web"), map]).await.expect(202);
    let job = done(&h, &job["id"]).await;
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(
        (&job["imported"], &job["duplicates"], &job["rejected"]),
        (&json!(3), &json!(1), &json!(1))
    );
    assert_eq!(job["rejected_rows"][0]["row"], 5);
    let again =
        send(&h, &[file, ("source", None, "web"), ("dry_run", None, "true")]).await.expect(202);
    let would = ["done", "imported", "duplicates", "rejected"].map(|name| again[name].clone());
    assert_eq!(would, [5, 0, 4, 1].map(Value::from));
    let csv = h.call("GET", &format!("/imports/{}/rejected", job["id"]), Value::Null).await;
    assert!(csv.text.contains("9800000009,6,x,many"), "{}", csv.text);
    let item = h.get("/items/2").await;
    assert_eq!((&item["attributes"], &item["personal"]), (&json!({"budget": 10}), &json!({})));
    assert_eq!(
        h.get(&format!("/items?source={}", office.source)).await["items"].as_array().unwrap().len(),
        4
    );
    h.end().await;
}

#[tokio::test]
async fn an_import_goes_on_after_a_restart_without_doubling() {
    goes_on(Harness::new().await).await;
}

#[tokio::test]
async fn an_import_goes_on_after_a_restart_on_postgres() {
    goes_on(Harness::postgres().await).await;
}

async fn goes_on(h: Harness) {
    office(&h).await;
    let text = table(2300);
    let file = ("file", Some("leads.csv"), &*text);
    let job = send(&h, &[file, ("source", None, "1")]).await.expect(202);
    let h = h.restart().await;
    crate::imports::resume_all(h.app.clone()).await;
    let job = done(&h, &job["id"]).await;
    assert_eq!((&job["imported"], &job["done"]), (&json!(2300), &json!(2300)), "{job}");
    assert_eq!(h.get("/stats").await["sources"][0]["total"], 2300);
    h.end().await;
}

#[tokio::test]
async fn what_cannot_be_imported_is_said() {
    let h = Harness::new().await;
    office(&h).await;
    for (parts, field) in [
        (vec![("source", None, "web")], "file"),
        (vec![("file", Some("a.csv"), "Name\nA\n")], "source"),
        (vec![("file", Some("a.csv"), "Name\nA\n"), ("source", None, "nowhere")], "source"),
        (vec![("file", Some("a.pdf"), "%PDF-1.7"), ("source", None, "web")], "file"),
        (vec![("file", Some("a.csv"), ""), ("source", None, "web")], "file"),
        (
            vec![("file", Some("a.csv"), "Name\nA\n"), ("source", None, "web"), ("map", None, "x")],
            "map",
        ),
        (
            vec![
                ("file", Some("a.csv"), "Name\nA\n"),
                ("source", None, "web"),
                ("map", None, r#"{"Fone":"phone"}"#),
            ],
            "map",
        ),
        (vec![("colour", None, "red")], "colour"),
    ] {
        let answer = send(&h, &parts).await;
        assert_eq!(answer.problem(422), "invalid", "{parts:?}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
    }
    assert_eq!(h.call("POST", "/imports", json!({})).await.problem(415), "unsupported_media_type");
    assert_eq!(h.call("GET", "/imports/9", Value::Null).await.problem(404), "not_found");
    h.end().await;
}

#[tokio::test]
async fn the_same_file_is_imported_once_unless_it_is_asked_for() {
    let h = Harness::new().await;
    office(&h).await;
    // Without phones nobody can be recognised.
    let file = ("file", Some("tasks.csv"), "Name,Budget\nAnu,1\nRavi,2\n");
    let source = ("source", None, "web");
    let first = send(&h, &[file, source]).await.expect(202);
    assert_eq!(done(&h, &first["id"]).await["imported"], 2);
    let preview = send(&h, &[file, source, ("dry_run", None, "true")]).await.expect(202);
    assert_eq!(preview["already"], true);
    let again = send(&h, &[file, source]).await.expect(200);
    assert_eq!((&again["id"], &again["already"]), (&first["id"], &json!(true)));
    assert_eq!(h.get("/items").await["items"].as_array().unwrap().len(), 2);
    let once_more = send(&h, &[file, source, ("again", None, "true")]).await.expect(202);
    assert_eq!(done(&h, &once_more["id"]).await["imported"], 2);
    h.end().await;
}

#[tokio::test]
async fn what_is_no_table_is_not_imported() {
    let h = Harness::new().await;
    office(&h).await;
    for text in ["# Title\n\nSome words.\nMore words.\n", "[{\"name\": \"Anu\"}]", "{\n \"a\": 1}"]
    {
        let file = ("file", Some("leads.csv"), text);
        let refused = send(&h, &[file, ("source", None, "web")]).await;
        assert_eq!(refused.problem(422), "invalid", "{text}");
    }
    let odd = ("file", Some("odd.csv"), "Wishes\nnone\nmany\n");
    let map = ("map", None, r#"{"Wishes": "wishes"}"#);
    let preview = send(&h, &[odd, ("source", None, "web"), map, ("dry_run", None, "true")]).await;
    assert_eq!(preview.expect(202)["imported"], 2);
    let file = ("file", Some("leads.csv"), "Name,Mobile\nAnu,12\nRavi,9876543210\n");
    let preview = send(&h, &[file, ("source", None, "web"), ("dry_run", None, "true")]).await;
    assert_eq!(preview.expect(202)["unusable_phones"], 1);
    h.end().await;
}

#[tokio::test]
async fn a_file_for_an_inactive_source_is_refused_before_it_is_looked_at() {
    let h = Harness::new().await;
    let office = office(&h).await;
    let path = format!("/sources/{}", office.source);
    h.call("DELETE", &path, Value::Null).await.expect(200);
    let text = table(3);
    let (file, source) = (("file", Some("leads.csv"), &*text), ("source", None, "web"));
    for dry_run in ["true", "false"] {
        let refused = send(&h, &[file, source, ("dry_run", None, dry_run)]).await;
        assert_eq!(refused.problem(409), "source_inactive");
    }
    assert_eq!(h.get("/imports").await["items"], json!([]));
    h.call("PATCH", &path, json!({"active": true})).await.expect(200);
    let job = send(&h, &[file, source]).await.expect(202);
    assert_eq!(done(&h, &job["id"]).await["imported"], 3);
    h.end().await;
}

#[tokio::test]
async fn an_import_that_took_no_row_in_is_not_remembered() {
    for h in [Harness::new().await, Harness::postgres().await] {
        office(&h).await;
        let file = ("file", Some("leads.csv"), "Name,Mobile\nAnu,9876543210,x\n");
        let source = ("source", None, "web");
        let first = send(&h, &[file, source]).await.expect(202);
        assert_eq!(done(&h, &first["id"]).await["rejected"], 1);
        let preview = send(&h, &[file, source, ("dry_run", None, "true")]).await.expect(202);
        assert_eq!(preview["already"], Value::Null);
        let again = send(&h, &[file, source]).await.expect(202);
        assert_ne!(again["id"], first["id"]);
        assert_eq!(done(&h, &again["id"]).await["rejected"], 1);
        h.end().await;
    }
}

#[tokio::test]
async fn a_file_whose_titles_are_somebodys_is_refused() {
    let h = Harness::new().await;
    office(&h).await;
    let source = ("source", None, "web");
    for (text, says) in [
        ("Anu,9876543210\nRavi,9876543211\n", "column 2 begins with a phone number"),
        ("anu@example.com\nravi@example.com\n", "column 1 begins with an e-mail address"),
    ] {
        let file = ("file", Some("leads.csv"), text);
        let refused = send(&h, &[file, source]).await;
        assert_eq!(refused.problem(422), "invalid", "{text}");
        assert_eq!(refused.body["errors"][0]["field"], "file");
        assert!(refused.text.contains(says) && !refused.text.contains("987"), "{}", refused.text);
    }
    let file = ("file", Some("leads.csv"), "Said,9876543210\nyes,9876543211\n");
    let titled = ("first_row_is_titles", None, "true");
    let job = send(&h, &[file, source, titled]).await.expect(202);
    assert_eq!(done(&h, &job["id"]).await["imported"], 1);
    h.end().await;
}
