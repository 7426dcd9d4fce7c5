//! Files that nobody here wrote, read from the folder of real data when it is there.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

use connectors::{Form, Mapping, Options, Regions, Table, phone::PhoneProblem};
use jiff::tz::TimeZone;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
};

/// The file, or `None` (said aloud) when the folder of real data is not there.
fn file(name: &str) -> Option<PathBuf> {
    let told = std::env::var_os("FAIRLEAD_REAL_DATA").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = told.unwrap_or_else(beside);
    if !folder.is_dir() {
        eprintln!("did not run: the folder of real data, {}, is not there", folder.display());
        return None;
    }
    Some(folder.join(name))
}

fn fields(table: &Table) -> (Mapping, BTreeMap<String, String>) {
    let rows: Vec<&[String]> = table.sample().iter().map(|row| row.cells.as_slice()).collect();
    let mapping = Mapping::guess(table.headers(), &rows, Some("US".parse().unwrap()));
    let columns = mapping.columns().iter();
    let fields = columns.map(|column| (column.name.clone(), column.field.to_string())).collect();
    (mapping, fields)
}

#[test]
fn real_data_every_opportunity_of_the_crm_is_read() {
    let Some(file) = file("maven_crm_sales_pipeline.csv") else { return };
    let table = Table::open(&file, &Options::default()).unwrap();
    let (mapping, fields) = fields(&table);
    assert_eq!(table.headers().len(), 10);
    assert_eq!(fields["account"], "name");
    assert_eq!(fields["sales_agent"], "sales_agent");
    let form = Form::new(&mapping, None, TimeZone::UTC);
    let mut agents = HashSet::new();
    let mut stages: HashMap<String, u64> = HashMap::new();
    let mut last = 0;
    for row in table {
        let row = row.unwrap();
        assert_eq!(row.line, row.number + 1);
        last = row.number;
        let lead = form.read(&row).unwrap();
        let text = |name: &str| lead.attributes[name].as_str().unwrap().to_owned();
        agents.insert(text("sales_agent"));
        *stages.entry(text("deal_stage")).or_default() += 1;
    }
    assert_eq!(last, 8_800);
    assert_eq!(agents.len(), 30);
    assert_eq!(stages.values().sum::<u64>(), 8_800);
    assert_eq!(stages["Won"], 4_238);
}

#[test]
fn real_data_every_site_is_read_and_its_phone_judged() {
    let Some(file) = file("dedupe_chicago_sites.csv") else { return };
    let table = Table::open(&file, &Options::default()).unwrap();
    let (mapping, fields) = fields(&table);
    assert_eq!(fields["Phone"], "phone");
    assert_eq!(fields["Fax"], "fax");
    assert_eq!(fields["Site name"], "name");
    let form = Form::new(&mapping, Some("US".parse().unwrap()), TimeZone::UTC);
    let (mut rows, mut with, mut local, mut newlines) = (0, 0, 0, 0);
    let mut problems: HashMap<PhoneProblem, u64> = HashMap::new();
    for row in table {
        let row = row.unwrap();
        rows += 1;
        newlines += u64::from(row.cells.iter().any(|cell| cell.contains('\n')));
        let lead = form.read(&row).unwrap();
        let Some(phone) = lead.contact.phone else { continue };
        with += 1;
        local += u64::from(phone.raw.len() == 7);
        if let Some(problem) = phone.problem {
            *problems.entry(problem).or_default() += 1;
        }
    }
    assert_eq!((rows, newlines), (3_337, 108));
    // All but two are local numbers, of 312 or 773: guessing would call somebody else.
    assert_eq!((with, local), (3_191, 3_189));
    let expected = [
        (PhoneProblem::AreaCodeMissing, 3_189),
        (PhoneProblem::TooLong, 1),
        (PhoneProblem::Rounded, 1),
    ];
    assert_eq!(problems, HashMap::from(expected));
}

#[test]
fn real_data_every_state_of_iso_is_known_by_its_name_and_code() {
    let Some(file) = file("iso3166-2_IN.json") else { return };
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let states = all["items"].as_array().unwrap();
    assert_eq!(states.len(), 36);
    for state in states {
        let (code, name) = (state["code"].as_str().unwrap(), state["name"].as_str().unwrap());
        let kept = code.strip_prefix("IN-").unwrap().to_lowercase();
        for text in [code, name, &kept, &name.to_uppercase()] {
            assert_eq!(Regions::of("IN".parse().ok()).code(text).as_ref(), Some(&kept), "{text}");
        }
    }
}

#[test]
fn real_data_states_as_the_post_office_writes_them_are_known() {
    let Some(file) = file("pincodes_india_states.json") else { return };
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let states = all["states"].as_array().unwrap();
    let codes = states.iter().map(|state| {
        let name = state["stateName"].as_str().unwrap();
        let code = Regions::of("IN".parse().ok()).code(name).unwrap();
        assert_eq!(code.len(), 2, "{name} is not known");
        code
    });
    let codes: HashSet<String> = codes.collect();
    // Two of its names have been one territory since 2020.
    assert_eq!((states.len(), codes.len()), (36, 35));
}
