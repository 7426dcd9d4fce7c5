//! What a policy changes comes out as it should, and what it says wrongly is named.

mod office;

use office::{CALLS, HOUR, LEADS, MONDAY, TASKS, WEEK, recorded};
use routing::{
    AgentId, AgentSpec, Capacity, Cause, Code, Command, Event, ItemId, Kind, QueueId, QueueSpec,
    Seen, SourceId, SourceSpec, State, Submission, Time, Way,
};
use whatif::{
    Change, Comparison, Entry, Error, Options, Policy, compare, compare_while, explain,
    explain_recorded,
};

/// A journal written by hand: each command at its second after nine.
struct Desk {
    state: State,
    journal: Vec<Entry>,
}

impl Desk {
    /// One queue of calls, whose agents hold one each.
    fn open(agents: usize) -> Desk {
        let mut desk = Desk { state: State::default(), journal: Vec::new() };
        let spec = QueueSpec { name: "calls".into(), kind: Kind::Call, ..QueueSpec::default() };
        desk.at(0, Command::CreateQueue { spec });
        let (name, queue) = ("line".into(), QueueId(1));
        let spec = SourceSpec { name, kind: Kind::Call, queue, ..SourceSpec::default() };
        desk.at(0, Command::CreateSource { spec });
        for _ in 0..agents {
            let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
            desk.at(0, Command::CreateAgent { spec });
        }
        for agent in (1..=agents as u64).map(AgentId) {
            desk.at(0, Command::SignIn { agent });
        }
        desk
    }

    /// From here on it is the period that is played again.
    fn begin(&mut self) -> State {
        self.journal.clear();
        self.state.clone()
    }

    fn at(&mut self, secs: i64, command: Command) {
        let at = Time(MONDAY.0 + 9 * HOUR + secs * 1_000);
        let handled = self.state.handle(at, command);
        assert!(handled.answer.is_ok(), "{:?}", handled.answer);
        self.state.forget_closed();
        for event in handled.events {
            let seq = self.journal.last().map_or(1, |entry| entry.seq + 1);
            self.journal.push(Entry { seq, at, event });
        }
    }

    fn call(&mut self, secs: i64) {
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        self.at(secs, Command::Submit { submission });
    }

    fn done(&mut self, secs: i64, item: u64) {
        let item = ItemId(item);
        let agent = self.state.facts().items[&item].state.agent();
        let seen = Seen { agent, version: None };
        self.at(secs, Command::Complete { item, seen, disposition: Code::new("done") });
    }

    fn cancel(&mut self, secs: i64, item: u64) {
        self.at(secs, Command::Cancel { item: ItemId(item), seen: Seen::default() });
    }
}

fn under(policy: &str, state: &State, journal: &[Entry]) -> Comparison {
    let change = Policy::read(policy).and_then(|policy| policy.change(state.facts()));
    compare(state.clone(), journal, &change.expect("a good policy"), &Options::default())
        .expect("a comparison")
}

/// Three calls at once to one agent, a minute each.
fn busy_desk() -> (State, Vec<Entry>) {
    let mut desk = Desk::open(1);
    let state = desk.begin();
    (0..3).for_each(|_| desk.call(0));
    (1..=3).for_each(|item| desk.done(60 * item as i64, item));
    (state, desk.journal)
}

#[test]
fn a_second_agent_halves_the_line() {
    let (state, journal) = busy_desk();
    let both = under(r#"{"add_agents": [{"like": 1}]}"#, &state, &journal);
    let was = &both.recorded.workspace;
    assert_eq!((was.waits.max_ms, was.waits.mean_ms, was.answers.answered), (120_000, 60_000, 3));
    // The second call comes to the new one at once, and the third when both have had a minute.
    let is = &both.changed.workspace;
    assert_eq!((is.waits.max_ms, is.waits.mean_ms, is.answers.answered), (60_000, 20_000, 3));
    assert_eq!(is.work.average_handling_time_ms(), Some(60_000));
    assert_eq!(both.changed.agents[&AgentId(2)].work.handled, 1);
    // Two and one: (2 + 1)² ÷ (2 · (2² + 1²)).
    assert_eq!(both.changed.jain[&QueueId(1)].to_string(), "90.00 %");
    assert_eq!(both.recorded.jain[&QueueId(1)].to_string(), "100.00 %");
    let found: Vec<_> = both.differences.items.iter().map(|d| (d.item, d.kind)).collect();
    assert_eq!(found, [(ItemId(2), whatif::Kind::OtherAgent), (ItemId(3), whatif::Kind::Earlier)]);
    let reason = both.differences.items[0].changed.as_ref().and_then(|taken| taken.reason.clone());
    assert_eq!(reason.expect("a reason").way, Way::Matched);
}

#[test]
fn who_gives_up_does_not_once_somebody_has_them() {
    let mut desk = Desk::open(1);
    let state = desk.begin();
    desk.call(0);
    desk.call(1);
    desk.cancel(31, 2);
    desk.done(60, 1);
    let both = under(r#"{"add_agents": [{"like": 1}]}"#, &state, &desk.journal);
    assert_eq!(
        (both.recorded.workspace.answers.abandoned, both.changed.workspace.answers.abandoned),
        (1, 0)
    );
    // How long the second would have taken nobody knows: as long as they usually do, to the end.
    assert_eq!(both.changed.workspace.answers.answered, 2);
    assert_eq!(both.differences.by_kind[&whatif::Kind::OnlyChanged], 1);
    let both = under("{}", &state, &desk.journal);
    assert_eq!(both.changed.workspace.answers.abandoned, 1);
}

#[test]
fn what_was_never_had_takes_the_usual_time_and_comes_to_the_usual_result() {
    let mut desk = Desk::open(1);
    let state = desk.begin();
    for call in 0..5_i64 {
        desk.call(call * 100);
        desk.done(call * 100 + 10 + call, call as u64 + 1);
    }
    desk.call(500);
    desk.call(501);
    desk.cancel(520, 7);
    desk.done(600, 6);
    desk.call(700);
    let both = under(r#"{"add_agents": [{"like": 1}]}"#, &state, &desk.journal);
    // 10, 11, 12, 13, 14 and 100 s: the median is 12 s.
    let work = both.changed.workspace.work;
    assert_eq!((work.handled, work.talk_ms), (7, 160_000 + 12_000));
}

#[test]
fn an_agent_who_was_not_there_leaves_their_work_to_others() {
    let mut desk = Desk::open(2);
    let state = desk.begin();
    (0..2).for_each(|_| desk.call(0));
    (1..=2).for_each(|item| desk.done(60, item));
    desk.call(200);
    let both = under(r#"{"remove_agents": [1]}"#, &state, &desk.journal);
    let assigned = |side: &whatif::Side, agent| side.agents[&AgentId(agent)].assigned;
    assert!(assigned(&both.recorded, 1) > 0);
    assert_eq!((assigned(&both.changed, 1), assigned(&both.changed, 2)), (0, 3));
}

#[test]
fn what_people_configure_meanwhile_stays_under_the_policy() {
    let mut desk = Desk::open(1);
    let state = desk.begin();
    let mut spec = state.facts().agents[&AgentId(1)].spec.clone();
    spec.daily_cap = Some(1);
    spec.capacity = Capacity { call: Some(1), ..Capacity::default() };
    desk.at(10, Command::UpdateAgent { agent: AgentId(1), spec });
    (0..3).for_each(|_| desk.call(20));
    desk.done(30, 1);
    desk.at(40, Command::CreateAgent { spec: AgentSpec::default() });
    desk.at(40, Command::SignIn { agent: AgentId(2) });
    let policy = r#"{"agents": {"1": {"capacity": {"call": 2}, "daily_cap": null}}, "add_agents": [{"like": 1, "count": 1, "queues": []}]}"#;
    let both = under(policy, &state, &desk.journal);
    assert_eq!(both.recorded.workspace.assigned, 1);
    assert_eq!(both.changed.workspace.assigned, 3);
    // Whoever was made within the period keeps their number; the added one got another.
    let numbers: Vec<u64> = both.changed.agents.keys().map(|agent| agent.0).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(both.skipped.is_empty(), "{:?}", both.skipped);
}

#[test]
fn a_call_that_is_pushed_takes_as_long_as_one_that_was_held_out() {
    let (state, journal) = recorded(5, WEEK);
    let both = under(r#"{"queues": {"2": {"mode": {"mode": "push"}}}}"#, &state, &journal);
    let handling =
        |side: &whatif::Side| side.queues[&CALLS].work.average_handling_time_ms().expect("calls");
    let (was, is) = (handling(&both.recorded), handling(&both.changed));
    assert!(was.abs_diff(is) < was / 20, "{was} and {is} ms");
    assert!(both.changed.queues[&CALLS].waits.p50_ms < both.recorded.queues[&CALLS].waits.p50_ms);
}

#[test]
fn a_queue_that_is_claimed_from_instead_is_still_served() {
    let (state, journal) = recorded(6, WEEK);
    let both = under(
        r#"{"queues": {"1": {"mode": {"mode": "pull"}, "at_cap": {"do": "wait"}}}}"#,
        &state,
        &journal,
    );
    let leads = |side: &whatif::Side| side.queues[&LEADS].answers.answered;
    let (was, is) = (leads(&both.recorded), leads(&both.changed));
    assert!(is * 100 > was * 90, "{is} instead of {was} leads were taken");
    // The other way round, nobody asks any more and yet everything is handed out.
    let both = under(r#"{"queues": {"3": {"mode": {"mode": "push"}}}}"#, &state, &journal);
    let tasks = &both.changed.queues[&TASKS];
    assert!(tasks.waits.mean_ms < both.recorded.queues[&TASKS].waits.mean_ms, "{:?}", tasks.waits);
}

#[test]
fn rules_are_replaced_in_order() {
    let (state, journal) = recorded(7, WEEK);
    let policy = r#"{"rules": [{
        "name": "leads are for those who speak Hindi",
        "when": {"compare": {"attribute": "source", "op": "eq", "value": "leads"}},
        "skills": {"hindi": 3}
    }]}"#;
    let both = under(policy, &state, &journal);
    let other = |d: &&whatif::Difference| {
        d.changed.as_ref().is_some_and(|taken| taken.queue == LEADS && taken.agent.0 % 2 == 1)
    };
    assert!(both.differences.items.iter().filter(other).count() == 0);
    assert!(
        both.differences.by_kind[&whatif::Kind::OtherAgent] > 50,
        "{:?}",
        both.differences.by_kind
    );
}

#[test]
fn one_assignment_is_explained_down_to_each_agent() {
    let (state, journal) = busy_desk();
    let policy = Policy::read(r#"{"add_agents": [{"like": 1, "count": 2, "paused": true}]}"#);
    let change = policy.and_then(|policy| policy.change(state.facts())).expect("a change");
    let third = explain(state.clone(), &journal, &change, ItemId(3));
    let third = third.expect("a replay").expect("it is assigned");
    assert_eq!((third.agent, third.queue), (AgentId(1), QueueId(1)));
    // At that moment: the first has just got free, and the others are paused.
    let said: Vec<_> =
        third.verdicts.iter().map(|v| (v.agent.0, v.step, v.cause.clone())).collect();
    let paused = Some(Cause::Paused);
    assert_eq!(said, [(1, Some(1), None), (2, None, paused.clone()), (3, None, paused)]);
    let recorded = explain_recorded(state.clone(), &journal, ItemId(2));
    let recorded = recorded.expect("a replay").expect("it is assigned");
    assert_eq!((recorded.verdicts.len(), recorded.at), (1, Time(MONDAY.0 + 9 * HOUR + 60_000)));
    let nothing = explain(state, &journal, &change, ItemId(99));
    assert_eq!(nothing.expect("a replay"), None);
}

#[test]
fn explanations_agree_with_the_reasons() {
    let (state, journal) = recorded(8, WEEK);
    let policy = r#"{"queues": {"1": {"strategy": "longest_idle"}}}"#;
    let change = Policy::read(policy).and_then(|policy| policy.change(state.facts())).expect("one");
    let both = compare(state.clone(), &journal, &change, &Options::default()).expect("both");
    let queue =
        |d: &&whatif::Difference| d.changed.as_ref().is_some_and(|taken| taken.queue == LEADS);
    let mut looked = 0;
    for difference in both.differences.items.iter().filter(queue).take(5) {
        let taken = difference.changed.as_ref().expect("on the changed side");
        let explained = explain(state.clone(), &journal, &change, difference.item);
        let explained = explained.expect("a replay").expect("it is assigned");
        assert_eq!((explained.agent, explained.at), (taken.agent, taken.at));
        assert_eq!(Some(&explained.reason), taken.reason.as_ref());
        let winner = explained.verdicts.iter().find(|v| v.agent == taken.agent).expect("a verdict");
        assert_eq!(winner.step, Some(explained.reason.step));
        looked += 1;
    }
    assert_eq!(looked, 5);
}

#[test]
fn what_is_wrong_with_a_policy_is_named_by_its_place() {
    let (state, journal) = busy_desk();
    let wrong = |text: &str| {
        let change = Policy::read(text).and_then(|policy| policy.change(state.facts()));
        change.expect_err("it is wrong").to_string()
    };
    assert!(
        wrong(r#"{"queues": {"3": {}}}"#)
            .starts_with("queues.3: there is no such queue when the period begins; use one of 1")
    );
    let typo = wrong(r#"{"queues": {"1": {"stratgy": "longest_idle"}}}"#);
    assert!(typo.starts_with("queues.1") && typo.contains("unknown field `stratgy`"), "{typo}");
    let value = wrong(r#"{"queues": {"1": {"strategy": "the_best"}}}"#);
    assert!(value.starts_with("queues.1.strategy: unknown variant `the_best`"), "{value}");
    let like = wrong(r#"{"add_agents": [{"like": 7}]}"#);
    assert!(like.starts_with("add_agents.0.like: there is no such agent"), "{like}");
    let rule = wrong(r#"{"rules": [{"rule": 4}]}"#);
    assert!(rule.starts_with("rules.0.rule: there is no rule"), "{rule}");
    assert!(wrong(r#"{"remove_agents": [1], "agents": {"1": {}}}"#).contains("do one of both"));
    assert!(wrong(r#"{"que": {}}"#).contains("unknown field `que`"));
    // What only the engine knows to be wrong is named by the same place.
    let policy = Policy::read(r#"{"queues": {"1": {"steps": []}}}"#).expect("it can be read");
    let change = policy.change(state.facts()).expect("its fields are known");
    let refused = compare(state.clone(), &journal, &change, &Options::default());
    assert!(refused.expect_err("refused").to_string().starts_with("queues.1: steps"), "refused");
}

#[test]
fn entries_must_go_on_from_the_state() {
    let (state, journal) = busy_desk();
    let change = whatif::Change::default();
    let judge = |journal: &[Entry]| {
        let compared = compare(state.clone(), journal, &change, &Options::default());
        compared.expect_err("they do not").to_string()
    };
    let mut gap = journal.clone();
    gap.remove(2);
    assert!(judge(&gap).contains("an event before it is missing"));
    assert!(judge(&journal[1..]).contains("it followed from the event before"));
    let mut early = journal.clone();
    early[0].at = Time(0);
    assert!(judge(&early).contains("load the state as it stood then"));
    let fresh = |event: &Event| matches!(event, Event::Submitted { .. });
    let second = journal.iter().skip(1).position(|entry| fresh(&entry.event)).expect("one") + 1;
    assert!(judge(&journal[second..]).contains("another number"));
}

#[test]
fn an_offer_that_is_missed_only_now_sends_nobody_away_for_good() {
    let (state, journal) = recorded(9, WEEK);
    let policy = r#"{"queues": {"2": {"mode": {"mode": "offer", "secs": 8}}}}"#;
    let both = under(policy, &state, &journal);
    let calls = |side: &whatif::Side| side.queues[&CALLS].answers.answered;
    let (was, is) = (calls(&both.recorded), calls(&both.changed));
    // Answers take up to 9 s, so that some come too late now.
    assert!(both.differences.by_kind[&whatif::Kind::Later] > 5, "{:?}", both.differences.by_kind);
    assert!(is * 100 > was * 85, "{is} instead of {was} calls were answered");
}

#[test]
fn it_is_played_only_as_long_as_somebody_wants_it() {
    let (state, journal) = busy_desk();
    let left = std::cell::Cell::new(u64::MAX);
    let play = || {
        let wanted = || left.replace(left.get().saturating_sub(1)) > 0;
        let (change, options) = (Change::default(), Options::default());
        compare_while(state.clone(), &journal, &change, &options, &wanted)
    };
    assert_eq!(play(), compare(state.clone(), &journal, &Change::default(), &Options::default()));
    for steps in 0..3 {
        left.set(steps);
        assert_eq!(play(), Err(Error::Stopped), "after {steps} steps");
    }
}
