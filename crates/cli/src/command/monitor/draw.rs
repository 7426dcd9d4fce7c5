//! The board as a picture: the same board on the same area is the same picture.

use super::board::{AgentLine, AssignmentLine, Board, Configuration, FairnessLine};
use super::table::{HEAD, Sight, column, table, wide};
use anyhow::{Result, anyhow};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};
use ratatui::{Frame, Terminal};

/// The most lines that fairness takes of a screen, as a part of it.
const FAIRNESS_SHARE: u16 = 3;
/// How wide the board is where there is no screen, and how many assignments it then has.
const WIDTH: u16 = 120;
const ASSIGNMENTS: usize = 10;

/// How wide a time is on the clock, and one of another day.
const CLOCK: u16 = 8;
const DAY: u16 = 16;
/// From this height on, what is set up gets a second line where one is too short.
const TWO_LINES_FROM: u16 = 24;
/// The foot's title and its one line.
const FOOT: u16 = 2;
/// The keys that bring the rest of the tables into sight.
const KEYS: &str = " ↑ ↓ PgUp PgDn: the rest ";

/// Of agents, fairness and assignments.
pub type Each<T> = [T; 3];

/// Draws the board over the whole frame, each table from its line in `tops` on; says what is in
/// sight of each.
pub fn draw(frame: &mut Frame<'_>, board: &Board, tops: Each<usize>) -> Each<Sight> {
    let area = frame.area();
    let wide = set_up(&board.configuration).width() > usize::from(area.width);
    let second = u16::from(wide && area.height >= TWO_LINES_FROM);
    draw_above(frame, board, tops, FOOT + second)
}

/// The same, above and with a foot of this height.
fn draw_above(frame: &mut Frame<'_>, board: &Board, tops: Each<usize>, foot: u16) -> Each<Sight> {
    let area = frame.area();
    let fairness = rows(board.fairness.len()).min(area.height / FAIRNESS_SHARE);
    let [title, agents, spread, newest, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Max(rows(board.agents.len().max(1))),
        Constraint::Length(fairness),
        Constraint::Min(HEAD + 1),
        Constraint::Length(foot),
    ])
    .areas(area);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let told = u16::try_from(Line::raw(board.at.as_str()).width()).unwrap_or(u16::MAX);
    let [name, clock] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(told)]).spacing(1).areas(title);
    frame.render_widget(Line::styled(format!("Fairlead · {}", board.workspace), bold), name);
    frame.render_widget(Paragraph::new(board.at.as_str()).alignment(Alignment::Right), clock);
    let sights = [
        draw_agents(frame, agents, &board.agents, tops[0]),
        draw_fairness(frame, spread, &board.fairness, tops[1]),
        draw_assignments(frame, newest, &board.assignments, tops[2]),
    ];
    let scrolls = sights.iter().any(|sight| sight.beyond > 0);
    draw_configuration(frame, foot, &board.configuration, scrolls);
    sights
}

fn rows(count: usize) -> u16 {
    HEAD.saturating_add(u16::try_from(count).unwrap_or(u16::MAX))
}

/// How wide these times are.
fn times<'a>(times: impl Iterator<Item = &'a str>) -> u16 {
    if times.map(str::len).any(|width| width > usize::from(CLOCK)) { DAY } else { CLOCK }
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

fn draw_agents(frame: &mut Frame<'_>, area: Rect, agents: &[AgentLine], top: usize) -> Sight {
    let last = times(agents.iter().filter_map(|agent| agent.last_assigned.as_deref()));
    let columns = [
        wide("agent", 1),
        column("here", 4, 3),
        column("status", 20, 6),
        column("holding#", 7, 5),
        column("today#", 7, 4),
        column("total#", 9, 1),
        column("last", last, 2),
    ];
    let line = |agent: &AgentLine| {
        let today = match agent.daily_cap {
            Some(cap) => format!("{}/{cap}", agent.today),
            None => agent.today.to_string(),
        };
        let status = match agent.on_shift {
            true => agent.status.clone(),
            false => format!("{}, off shift", agent.status),
        };
        let style = match (agent.present, agent.status.as_str()) {
            (true, "available") => Style::new().fg(Color::Green),
            (true, _) => Style::new().fg(Color::Yellow),
            (false, _) => Style::new(),
        };
        let cells = vec![
            agent.name.clone(),
            if agent.present { "yes" } else { "no" }.to_owned(),
            status,
            agent.holding.to_string(),
            today,
            agent.total.to_string(),
            or_none(agent.last_assigned.clone()),
        ];
        (cells, style)
    };
    table(frame, area, "Agents", &columns, agents.iter().map(line).collect(), top)
}

fn draw_fairness(
    frame: &mut Frame<'_>,
    area: Rect,
    fairness: &[FairnessLine],
    top: usize,
) -> Sight {
    let columns = [
        wide("today, by weight", 2),
        column("min#", 8, 2),
        column("max#", 8, 3),
        column("mean#", 8, 1),
        column("Jain#", 6, 4),
        column("waiting#", 8, 5),
        wide("next", 1),
    ];
    let line = |spread: &FairnessLine| {
        let cells = vec![
            format!("{} {}", spread.of, spread.name).trim().to_owned(),
            figure(spread.min),
            figure(spread.max),
            figure(spread.mean),
            format!("{:.3}", spread.jain),
            spread.waiting.to_string(),
            match spread.of.as_str() {
                "" => String::new(),
                _ => or_none(spread.next.clone()),
            },
        ];
        (cells, Style::new())
    };
    table(frame, area, "Fairness", &columns, fairness.iter().map(line).collect(), top)
}

fn figure(figure: f64) -> String {
    if figure.fract() == 0.0 { format!("{figure}") } else { format!("{figure:.2}") }
}

fn draw_assignments(
    frame: &mut Frame<'_>,
    area: Rect,
    assignments: &[AssignmentLine],
    top: usize,
) -> Sight {
    let at = times(assignments.iter().map(|one| one.at.as_str()));
    let columns = [
        column("at", at, 4),
        column("item#", 8, 0),
        column("source", 12, 2),
        column("agent", 16, 0),
        column("count", 13, 1),
        wide("why", 1),
    ];
    let line = |one: &AssignmentLine| {
        let cells = vec![
            one.at.clone(),
            one.item.to_string(),
            one.source.clone(),
            one.agent.clone(),
            format!("{} → {}", one.count_before, one.count_after),
            one.reason.clone(),
        ];
        (cells, Style::new())
    };
    let title = if assignments.is_empty() { "No assignments yet" } else { "Newest assignments" };
    table(frame, area, title, &columns, assignments.iter().map(line).collect(), top)
}

fn draw_configuration(
    frame: &mut Frame<'_>,
    area: Rect,
    configuration: &Configuration,
    scrolls: bool,
) {
    let mut block =
        Block::new().borders(Borders::TOP).title(Span::styled("Configuration ", Color::Cyan));
    if scrolls {
        block = block.title(Line::styled(KEYS, Color::Cyan).right_aligned());
    }
    let set_up = Paragraph::new(set_up(configuration)).wrap(Wrap { trim: true });
    frame.render_widget(set_up.block(block), area);
}

/// What verify says of it comes first: a narrow screen cuts off what is known anyway.
fn set_up(configuration: &Configuration) -> Line<'static> {
    let Configuration { time_zone, dispatch, agents, queues, sources, rules, schema, findings } =
        configuration;
    let dispatch = dispatch.replace('_', " ");
    let set_up = format!(
        " · {time_zone} · dispatch {dispatch} · {agents} agents · {queues} queues · {sources} \
         sources · {rules} rules · schema {schema}"
    );
    let (judged, color) = match findings {
        0 => ("in order".to_owned(), Color::Green),
        n => (format!("{n} found by fairlead verify"), Color::Yellow),
    };
    Line::from(vec![Span::styled(judged, color), Span::raw(set_up)])
}

/// The whole board as text, as long as it needs to be.
pub fn text(board: &Board) -> Result<String> {
    let mut board = board.clone();
    board.assignments.truncate(ASSIGNMENTS);
    let fairness = rows(board.fairness.len());
    let agents = rows(board.agents.len().max(1));
    let needed = 1 + agents + fairness + rows(board.assignments.len().max(1));
    let height = (needed + FOOT).max(fairness.saturating_mul(FAIRNESS_SHARE));
    let mut lines = picture(WIDTH, height, |frame| {
        draw_above(frame, &board, Each::default(), FOOT);
    })?;
    // What was room for fairness only is empty below the assignments.
    let foot = lines[lines.len() - usize::from(FOOT)].clone();
    lines.truncate(usize::from(needed));
    lines.extend([foot, set_up(&board.configuration).to_string()]);
    Ok(lines.join("\n") + "\n")
}

/// What is drawn on an area of this size, a text a line.
fn picture(width: u16, height: u16, draw: impl FnOnce(&mut Frame<'_>)) -> Result<Vec<String>> {
    let failed = |error: std::convert::Infallible| anyhow!("the board was not drawn: {error}");
    let mut terminal = Terminal::new(TestBackend::new(width, height)).map_err(failed)?;
    terminal.draw(draw).map_err(failed)?;
    Ok(lines(terminal.backend().buffer()))
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |y: u16| {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            // A wide character has the next cell too.
            x += u16::try_from(Span::raw(symbol).width()).unwrap_or(1).max(1);
        }
        line.trim_end().to_owned()
    };
    (0..buffer.area.height).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::monitor::board::Board;
    use crate::command::monitor::screen::all_scrolled;
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use serde_json::{Value, json};

    fn board() -> Board {
        let agent = |name: &str, more: Value| {
            let mut agent = json!({"name": name, "active": true, "present": true,
                "status": "available", "status_reason": null, "on_shift": true, "holding": 2,
                "today": 3, "total": 41, "daily_cap": 20,
                "last_assigned_at": "2026-03-02T04:29:30.000Z"});
            more.as_object().unwrap().iter().for_each(|(k, v)| agent[k] = v.clone());
            agent
        };
        let even = json!({"min": 2.0, "max": 3.0, "mean": 2.5, "variance": 0.25, "jain": 0.96154});
        let spread = |id: u64, name: &str, next: Value| json!({"id": id, "name": name, "fairness": even, "next": next});
        let stats = json!({
            "now": "2026-03-02T04:30:00.000Z",
            "workspace": {"name": "sales", "time_zone": "Asia/Kolkata"},
            "agents": [
                agent("आशा वर्मा", json!({})),
                agent("Ben", json!({"status": "away", "status_reason": "lunch", "daily_cap": null})),
                agent("王芳", json!({"present": false, "status": "offline", "on_shift": false,
                    "last_assigned_at": null, "holding": 0})),
                agent("Gone", json!({"active": false})),
            ],
            "queues": [{"id": 1, "name": "Leads", "active": true, "waiting": 4}],
            "sources": [
                {"id": 1, "name": "META", "active": true, "waiting": 3},
                {"id": 2, "name": "GOOGLE", "active": true, "waiting": 1},
            ],
            "feed": [{"at": "2026-03-02T04:29:30.000Z", "item": 812, "source_name": "META",
                "agent_name": "आशा वर्मा", "count_before": 40, "count_after": 41, "way": "matched",
                "text": "Step 1, anybody: आशा वर्मा had fewest (40); next would have been Ben (41)."}],
        });
        let fairness = json!({
            "all": even,
            "sources": [spread(1, "META", json!({"name": "Ben"})), spread(2, "GOOGLE", Value::Null)],
            "queues": [spread(1, "Leads", json!({"name": "Ben"}))],
        });
        let verified = json!({"schema": {"applied": 3}, "findings": [{}]});
        let rules = [json!({"active": true}), json!({"active": false})];
        Board::of(&stats, &fairness, &verified, &json!({"dispatch": "by_worker"}), &rules)
    }

    /// The board on a screen of this size, and what is in sight.
    fn screen(
        board: &Board,
        width: u16,
        height: u16,
        tops: Each<usize>,
    ) -> (Vec<String>, Each<Sight>) {
        let mut sights = Each::default();
        let drawn = picture(width, height, |frame| sights = draw(frame, board, tops));
        (drawn.unwrap(), sights)
    }

    /// The board of so many agents, lines of fairness and assignments.
    fn large(agents: usize, fairness: usize, assignments: usize) -> Board {
        let mut board = board();
        let (agent, spread, one) =
            (board.agents[0].clone(), board.fairness[0].clone(), board.assignments[0].clone());
        let agent = |n| AgentLine { name: format!("Agent {n:02}"), ..agent.clone() };
        board.agents = (1..=agents).map(agent).collect();
        let spread = |n| FairnessLine { name: format!("Spread {n:02}"), ..spread.clone() };
        board.fairness = (1..=fairness).map(spread).collect();
        let one = |n| AssignmentLine { source: format!("Source {n:02}"), ..one.clone() };
        board.assignments = (1..=assignments).map(one).collect();
        board
    }

    /// Which lines of what was numbered so are drawn.
    fn seen(lines: &[String], what: &str) -> Vec<usize> {
        let text = lines.join("\n");
        (1..=99).filter(|n| text.contains(&format!("{what} {n:02}"))).collect()
    }

    /// `UPDATE_GOLDEN=1` writes it anew.
    #[test]
    fn the_board_looks_as_it_did() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/command/monitor/board.txt");
        let drawn = text(&board()).unwrap();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &drawn).unwrap();
        }
        assert_eq!(drawn, std::fs::read_to_string(path).unwrap());
    }

    #[test]
    fn a_small_screen_says_what_it_leaves_out() {
        let (lines, _) = screen(&board(), 60, 12, [0; 3]);
        assert_eq!(lines.len(), 12);
        let text = lines.join("\n");
        assert!(text.contains("Fairness (1–2 of 4)") && text.contains("PgDn"), "{text}");
        assert!(text.contains("Configuration"), "{text}");
        // Smaller than anything fits into: drawn as far as it goes.
        assert_eq!(screen(&board(), 3, 2, [0; 3]).0.len(), 2);
    }

    #[test]
    fn what_has_no_room_is_scrolled_to() {
        let board = large(28, 4, 1);
        let agents = |top| seen(&screen(&board, 120, 40, [top; 3]).0, "Agent");
        let first = agents(0);
        assert!(first.len() < 28 && first[0] == 1, "{first:?}");
        let room = first.len();
        assert_eq!(agents(2)[0], 3);
        // Never beyond the last.
        assert_eq!(agents(1_000), (28 - room + 1..=28).collect::<Vec<_>>());
    }

    #[test]
    fn page_by_page_every_line_of_every_table_is_seen() {
        for (agents, fairness, assignments) in [(30, 16, 50), (3, 4, 50), (40, 3, 0)] {
            let board = large(agents, fairness, assignments);
            let mut left = [("Agent", agents), ("Spread", fairness), ("Source", assignments)]
                .map(|(what, count)| (what, (1..=count).collect::<Vec<_>>()));
            let mut tops = [0; 3];
            loop {
                let (lines, sights) = screen(&board, 100, 24, tops);
                for (what, left) in &mut left {
                    let seen = seen(&lines, what);
                    left.retain(|n| !seen.contains(n));
                }
                let page = KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE);
                let next = all_scrolled(page, tops, sights);
                if next == tops {
                    break;
                }
                tops = next;
            }
            assert!(left.iter().all(|(_, left)| left.is_empty()), "never seen: {left:?}");
        }
    }

    #[test]
    fn what_verify_says_is_seen_on_every_screen() {
        for (width, height) in [(40, 12), (80, 24), (80, 40), (120, 40)] {
            let (lines, _) = screen(&board(), width, height, [0; 3]);
            let text = lines.join("\n");
            assert!(text.contains("1 found by fairlead verify"), "{text}");
            assert!(width < 80 || text.contains("schema 3"), "{text}");
        }
    }

    #[test]
    fn a_narrow_screen_keeps_the_names() {
        for width in [40, 60, 80] {
            let text = screen(&board(), width, 40, [0; 3]).0.join("\n");
            assert!(text.contains("आशा वर्मा  ") && text.contains("available"), "{text}");
        }
    }

    #[test]
    fn what_was_assigned_on_another_day_has_its_date() {
        let mut board = board();
        board.agents[0].last_assigned = Some("2026-02-28 18:05".into());
        let text = screen(&board, 120, 40, [0; 3]).0.join("\n");
        assert!(text.contains("2026-02-28 18:05") && text.contains("09:59:30"), "{text}");
    }

    #[test]
    fn an_empty_workspace_has_a_board() {
        let text = text(&Board::default()).unwrap();
        assert!(text.contains("No assignments yet"), "{text}");
    }
}
