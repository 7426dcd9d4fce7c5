//! Every line in every language, against the files in `golden/`; `UPDATE_GOLDEN=1` writes them.

use super::*;
use crate::testing::Harness;
use axum::http::{HeaderValue, Request};
use routing::{
    AgentSpec, Bar, Calling, Code, ItemId, Key, Notice, Outcome, Promise, Queue, QueueSpec, RuleId,
    RuleSpec, RunnerUp, Seen, Settings, SourceId, SourceSpec, Status, Step, Strategy, Submission,
    TICK, Target, Time, Way,
};
use serde_json::{Value, json};
use std::fmt::Write;

const ASHA: AgentId = AgentId(1);
const BEN: AgentId = AgentId(2);
const LEADS: QueueId = QueueId(1);
/// 2026-03-02 10:00 in Asia/Kolkata.
const TEN: Time = Time(1_772_425_800_000);

fn lexicon(language: Language) -> Lexicon {
    let wide = Step { same_region: true, same_language: true, ..Step::default() };
    let skilled = Step { skills: [(Code::new("loans"), 5)].into(), ..Step::default() };
    let steps = vec![wide, skilled, Step::default()];
    let spec = QueueSpec { name: "Leads".into(), steps, ..QueueSpec::default() };
    Lexicon {
        agents: [(ASHA, "Asha".to_owned()), (BEN, "Ben".to_owned())].into(),
        queues: [(LEADS, Queue { id: LEADS, spec, active: true, served: 0 })].into(),
        sources: [(SourceId(1), "Website".to_owned())].into(),
        rules: [(RuleId(1), "Large budgets".to_owned())].into(),
        zone: jiff::tz::TimeZone::get("Asia/Kolkata").ok(),
        language,
        now: None,
        reader: None,
    }
}

fn causes() -> Vec<Cause> {
    let skill = Cause::LacksSkill(Code::new("loans"));
    use Cause::*;
    vec![
        skill,
        WrongRegion,
        WrongLanguage,
        Inactive,
        OffShift,
        SignedOut,
        Away,
        AtCapacity,
        AtCap,
        RecentlyDeclined,
        Promised,
    ]
}

fn reason(way: Way, step: u8, strategy: Strategy, key: u64) -> Reason {
    let runners_up = vec![RunnerUp { agent: BEN, key: Key(key + TICK, 0) }];
    Reason { way, step, strategy, key: Key(key, 0), runners_up, passed_over: Vec::new() }
}

fn reasons() -> Vec<Reason> {
    let idle = u64::try_from(TEN.0).unwrap();
    let skilled = u64::from(u32::MAX) - 12;
    let passed_over = causes().into_iter().zip(1..).collect();
    let fewest = |way, key| Reason {
        runners_up: vec![RunnerUp { agent: BEN, key: Key(key + 1, 0) }],
        ..reason(way, 1, Strategy::FewestAssigned, key)
    };
    vec![
        reason(Way::Matched, 1, Strategy::FairShare, TICK * 13 / 4),
        reason(Way::Matched, 2, Strategy::RoundRobin, 0),
        reason(Way::Matched, 3, Strategy::RoundRobin, idle),
        fewest(Way::Matched, 3),
        Reason { strategy: Strategy::FewestToday, ..fewest(Way::Matched, 3) },
        Reason { runners_up: vec![], ..reason(Way::Overflow, 3, Strategy::RoundRobin, 3) },
        Reason { runners_up: vec![], ..reason(Way::Back, 3, Strategy::RoundRobin, 3) },
        reason(Way::Matched, 3, Strategy::LongestIdle, idle),
        // Somebody who has work.
        reason(Way::Matched, 3, Strategy::LongestIdle, 1 << 63),
        reason(Way::Matched, 3, Strategy::LeastBusy, 500_000),
        Reason { runners_up: vec![], ..reason(Way::Matched, 3, Strategy::BestSkill, skilled) },
        Reason { step: 9, passed_over, ..fewest(Way::Matched, 1) },
        reason(Way::Claimed, 1, Strategy::FairShare, 0),
    ]
}

fn callings() -> Vec<Calling> {
    let hour = |hours: i64| Some(Time(TEN.0 + hours * 3_600_000));
    let of = |zones: &[&str], open, until| Calling {
        zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        open,
        until,
        barred: false,
    };
    let coasts = ["America/Los_Angeles", "America/New_York"];
    vec![
        of(&["Asia/Kolkata"], false, hour(1)),
        of(&["Asia/Kolkata"], false, hour(23)),
        of(&["America/New_York"], true, hour(2)),
        of(&["America/New_York"], true, None),
        of(&coasts, false, hour(1)),
        of(&coasts, false, None),
        Calling { barred: true, ..of(&coasts, false, None) },
        Calling { barred: true, ..of(&["Asia/Kolkata"], false, hour(23)) },
    ]
}

fn verdicts() -> Vec<Verdict> {
    let verdict = |serves, step, cause| Verdict { agent: ASHA, serves, step, cause };
    let mut all: Vec<Verdict> =
        causes().into_iter().map(|cause| verdict(true, None, Some(cause))).collect();
    all.push(verdict(false, None, None));
    all.push(verdict(true, Some(2), None));
    all.push(verdict(true, None, None));
    all.push(verdict(true, Some(2), Some(Cause::WrongRegion)));
    all
}

fn events() -> Vec<Event> {
    use Event::*;
    let (item, seen, agent, queue, source, rule) =
        (ItemId(7), Seen::default(), ASHA, LEADS, SourceId(1), RuleId(1));
    let spec = AgentSpec::default;
    let away = |reason| StatusSet { agent, status: Status::Away { reason: Code::new(reason) } };
    let completed = |outcome| Completed {
        item,
        seen,
        agent,
        disposition: Code::new("won"),
        outcome,
        contacted: true,
        won: true,
        do_not_call: false,
        undo_until: None,
    };
    let submitted = |earliest| Submitted {
        item,
        submission: Submission { source, earliest, ..Submission::default() },
    };
    let queued =
        |rule| Queued { item, queue, rule, priority: 0, skills: routing::Skills::default() };
    let rule_spec: RuleSpec =
        serde_json::from_value(json!({"name": "Large budgets", "when": {"all": []}})).unwrap();
    let why = || reason(Way::Matched, 3, Strategy::FairShare, TICK * 13 / 4);
    let returned = |cause| Event::Returned { item, agent, cause };
    vec![
        Configured { settings: Settings::default() },
        AgentCreated { agent, spec: spec() },
        AgentUpdated { agent, spec: spec() },
        AgentDeactivated { agent },
        QueueCreated { queue, spec: QueueSpec::default() },
        QueueUpdated { queue, spec: QueueSpec::default() },
        QueueDeactivated { queue },
        SourceCreated { source, spec: SourceSpec::default() },
        SourceUpdated { source, spec: SourceSpec::default() },
        SourceDeactivated { source },
        RuleCreated { rule, spec: rule_spec.clone() },
        RuleUpdated { rule, spec: rule_spec.clone() },
        RuleDeactivated { rule },
        SignedIn { agent },
        SignedOut { agent },
        Lapsed { agent },
        StatusSet { agent, status: Status::Available },
        away("break"),
        away("lunch"),
        away("meeting"),
        away("training"),
        away("missed_offer"),
        away("dentist"),
        StatusSet { agent, status: Status::Offline },
        submitted(None),
        submitted(Some(TEN)),
        Claimed { agent },
        Accepted { item, seen, agent },
        Declined { item, seen, agent },
        completed(Outcome::Closed),
        completed(Outcome::Retry { until: TEN }),
        completed(Outcome::Moved { queue }),
        Updated { item, seen, agent, contacted: false, by_other: false },
        Updated { item, seen, agent, contacted: false, by_other: true },
        ResultKept { item, agent, holder: None },
        ResultKept { item, agent, holder: Some(BEN) },
        BarsSet { item, bars: vec![Default::default()] },
        BarsSet { item, bars: vec![Bar { not_on_holidays: true, ..Default::default() }] },
        BarsSet { item, bars: Vec::new() },
        Forgotten { item },
        Forced { item, version: 2, arrived_at: Time(0), submission: Default::default() },
        Updated { item, seen, agent, contacted: true, by_other: false },
        Updated { item, seen, agent, contacted: true, by_other: true },
        Released { item, seen, agent },
        Released { item, seen: Seen { agent: Some(agent), ..seen }, agent },
        RetryScheduled { item, seen, until: TEN, promise: None },
        RetryScheduled { item, seen, until: TEN, promise: Some(Promise::Anybody) },
        RetryScheduled { item, seen, until: TEN, promise: Some(Promise::Agent(agent)) },
        Undone { item, agent, next: None },
        Reassigned { item, seen, to: Target::Agent(agent) },
        Reassigned { item, seen, to: Target::Queue(queue) },
        Cancelled { item, seen },
        MatchRequested { source: None, max: 1 },
        ClockTicked,
        Duplicate { item, of: ItemId(3) },
        Barred { item },
        queued(None),
        queued(Some(rule)),
        Offered { item, agent, until: TEN, reason: why() },
        Assigned { item, agent, reason: why() },
        OfferMissed { item, agent },
        returned(routing::Returned::SignedOut),
        returned(routing::Returned::Lapsed),
        returned(routing::Returned::Deactivated),
        returned(routing::Returned::Barred),
        returned(routing::Returned::Undone),
        WentSilent { item, agent, to: None },
        WentSilent { item, agent, to: Some(QueueId(9)) },
        Due { item },
        Overflowed { item, from: queue, to: QueueId(9) },
        SupervisorTold { item, agent, notice: Notice::PlacedItemHeldByAbsent },
        SupervisorTold { item, agent, notice: Notice::PlacedItemSilent },
        SupervisorTold { item, agent, notice: Notice::SilentTooOften },
        SupervisorTold { item, agent, notice: Notice::NobodyTookIt },
        ShiftChanged { agent, on_shift: true },
        ShiftChanged { agent, on_shift: false },
        DayStarted { at: TEN },
    ]
}

fn every_line(language: Language) -> String {
    let words = lexicon(language);
    let mut text = String::new();
    let mut put = |line: String| writeln!(text, "{line}").unwrap();
    for reason in reasons() {
        put(words.reason(&reason, ASHA, Some(LEADS)));
    }
    put(words.placed_with(ASHA));
    put(words.placed());
    callings().iter().for_each(|calling| put(words.calling(calling, TEN)));
    verdicts().iter().for_each(|verdict| put(words.verdict(verdict)));
    put(words.holds());
    events().iter().for_each(|event| put(words.event(event, Some(LEADS))));
    for act in [
        "token_created",
        "token_revoked",
        "secret_rotated",
        "source_face_changed",
        "login_changed",
        "session_started",
        "session_ended",
        "sign_in_failed",
        "sign_in_limited",
        "desk_link_made",
        "desk_link_withdrawn",
        "pin_set",
        "pin_removed",
        "workspace_renamed",
        "import_started",
        "desk_changed",
        "endpoint_created",
        "endpoint_changed",
        "endpoint_secret_rotated",
        "endpoint_removed",
        "endpoint_disabled",
        "sheet_created",
        "sheet_changed",
        "sheet_removed",
        "sheet_conflict_decided",
        "do_not_call_added",
        "do_not_call_imported",
        "do_not_call_removed",
        "contact_exported",
        "contact_erased",
        "announced",
        "announcement_ended",
        "rules_scheduled",
        "rules_schedule_cancelled",
        "rules_schedule_failed",
    ] {
        put(words.act(act, "Website"));
    }
    // Read in another year than that of its times.
    let later = Lexicon { now: Some(Time(4_102_444_800_000)), ..lexicon(language) };
    put(later.clock(TEN));
    let nameless = Lexicon { language, ..Lexicon::default() };
    put(nameless.event(&events()[7], None));
    put(nameless.event(&Event::AgentDeactivated { agent: ASHA }, None));
    put(nameless.event(&Event::SourceDeactivated { source: SourceId(1) }, None));
    put(nameless.event(&Event::RuleDeactivated { rule: RuleId(1) }, None));
    let own = Lexicon { reader: Some(ASHA), ..lexicon(language) };
    put(own.reason(&reasons()[3], ASHA, Some(LEADS)));
    put(own.event(&Event::Declined { item: ItemId(7), seen: Seen::default(), agent: BEN }, None));
    text
}

#[track_caller]
fn compare(language: Language, file: &str, golden: &str) {
    let made = every_line(language);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/words/golden");
        std::fs::write(format!("{folder}/{file}"), &made).unwrap();
        return;
    }
    assert_eq!(made, golden, "{file}: UPDATE_GOLDEN=1 writes it");
}

#[test]
fn every_line_in_english() {
    compare(Language::English, "en.txt", include_str!("golden/en.txt"));
}

#[test]
fn every_line_in_chinese() {
    compare(Language::Chinese, "zh.txt", include_str!("golden/zh.txt"));
}

#[test]
fn every_line_in_hindi() {
    compare(Language::Hindi, "hi.txt", include_str!("golden/hi.txt"));
}

#[test]
fn a_supervisor_reads_whole_sentences() {
    let reason =
        Reason { passed_over: vec![(Cause::Away, 2), (Cause::AtCap, 1)], ..reasons().remove(3) };
    assert_eq!(
        lexicon(Language::English).reason(&reason, ASHA, Some(LEADS)),
        "Step 1, same region, same language: Asha had fewest (3); next would have been Ben (4). \
         Passed over: 2 away, 1 at daily cap."
    );
}

#[test]
fn the_language_is_the_one_preferred_of_those_there_are() {
    let asked = |sent: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(sent).unwrap());
        Language::asked(&headers)
    };
    assert_eq!(Language::asked(&HeaderMap::new()), Language::English);
    assert_eq!(asked("zh"), Language::Chinese);
    assert_eq!(asked("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
    assert_eq!(asked("HI-in"), Language::Hindi);
    assert_eq!(asked("fr, hi;q=0.3, en;q=0.7"), Language::English);
    assert_eq!(asked("fr"), Language::English);
    assert_eq!(asked("zh;q=0, hi;q=0.1"), Language::Hindi);
}

#[tokio::test]
async fn lines_come_in_the_language_asked_for() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    h.post("/items", json!({"source": office.source})).await;
    for language in ["zh-CN", "hi", "en"] {
        let ask = async |path: &str| {
            let request = Request::get(format!("/api/v1{path}"))
                .header("authorization", format!("Bearer {}", h.admin))
                .header("accept-language", language);
            h.send(request.body(axum::body::Body::empty()).unwrap()).await.expect(200)
        };
        let why = ask("/items/1/why").await["assignment"]["text"].clone();
        let why = why.as_str().unwrap();
        let step = match language {
            "zh-CN" => "步骤 1",
            "hi" => "चरण 1",
            _ => "Step 1",
        };
        assert!(why.contains(step), "{why}");
        assert_eq!(ask("/stats").await["feed"][0]["text"], why);
        assert_eq!(ask("/assignments").await["items"][0]["text"], why);
        assert_eq!(ask("/items/1").await["why"], why);
        let history = ask("/items/1/history").await;
        let last = history["items"].as_array().unwrap().last().unwrap().clone();
        assert!(last["text"].as_str().unwrap().contains(why), "{last}");
    }
    h.end().await;
}

#[tokio::test]
async fn an_agents_own_view_names_no_colleague_and_none_of_their_figures() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    let item = h.post("/items", json!({"source": office.source})).await;
    assert_eq!(item["agent"], office.agents[0]);
    let why = h.get("/items/1/why").await;
    assert!(why["assignment"]["text"].as_str().unwrap().contains("Ben"), "{why}");
    assert_ne!(why["assignment"]["reason"]["runners_up"], Value::Null);
    let asha = h.token("agent", Some(office.agents[0])).await;
    let paths = ["/items/1", "/items", "/items/1/why", "/items/1/history", "/assignments"];
    for path in paths {
        let answer = h.call_as(&asha, "GET", path, Value::Null).await;
        let text = answer.text.clone();
        answer.expect(200);
        assert!(!text.contains("Ben"), "{path}: {text}");
        assert!(!text.contains(r#""runners_up":[{"#), "{path}: {text}");
    }
    h.end().await;
}

#[test]
fn an_agents_live_stream_names_no_runner_up() {
    let reason = reasons().remove(0);
    let mine = Event::Assigned { item: ItemId(7), agent: ASHA, reason: reason.clone() };
    let Event::Assigned { reason: seen, .. } = without_colleagues(mine, ASHA) else { panic!() };
    assert!(seen.runners_up.is_empty());
    assert_eq!(seen.key, reason.key);
    let theirs = Event::Assigned { item: ItemId(7), agent: BEN, reason };
    let Event::Assigned { reason: seen, .. } = without_colleagues(theirs, ASHA) else { panic!() };
    assert_eq!(seen.key, Key(0, 0));
}
