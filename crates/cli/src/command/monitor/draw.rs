//! The board as a picture: the same board on the same area is the same picture.

use super::board::{AgentLine, AssignmentLine, Board, Configuration, FairnessLine};
use anyhow::{Result, anyhow};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Paragraph, Row, Table};
use ratatui::{Frame, Terminal};

/// The lines of a table that are not rows: its title and its header.
const HEAD: u16 = 2;
/// The most lines that fairness takes of a screen, as a part of it.
const FAIRNESS_SHARE: u16 = 3;
/// How wide the board is where there is no screen, and how many assignments it then has.
const WIDTH: u16 = 120;
const ASSIGNMENTS: usize = 10;

/// Draws the board over the whole frame.
pub fn draw(frame: &mut Frame<'_>, board: &Board) {
    let area = frame.area();
    let fairness = rows(board.fairness.len()).min(area.height / FAIRNESS_SHARE);
    let [title, agents, spread, newest, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Max(rows(board.agents.len().max(1))),
        Constraint::Length(fairness),
        Constraint::Min(HEAD + 1),
        Constraint::Length(2),
    ])
    .areas(area);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    frame.render_widget(Line::styled(format!("Fairlead · {}", board.workspace), bold), title);
    let clock = Paragraph::new(board.at.as_str()).alignment(Alignment::Right);
    frame.render_widget(clock, title);
    draw_agents(frame, agents, &board.agents);
    draw_fairness(frame, spread, &board.fairness);
    draw_assignments(frame, newest, &board.assignments);
    draw_configuration(frame, foot, &board.configuration);
}

fn rows(count: usize) -> u16 {
    HEAD.saturating_add(u16::try_from(count).unwrap_or(u16::MAX))
}

/// The title, with how many of them have room.
fn titled(what: &str, count: usize, area: Rect) -> Block<'static> {
    let room = usize::from(area.height.saturating_sub(HEAD));
    let title = match count > room {
        true => format!("{what} ({room} of {count}) "),
        false => format!("{what} "),
    };
    Block::new().borders(Borders::TOP).title(Span::styled(title, Color::Cyan))
}

/// A table; titles that end in `#` head numbers.
fn table(
    frame: &mut Frame<'_>,
    area: Rect,
    block: Block<'_>,
    columns: &[(&str, Constraint)],
    lines: Vec<(Vec<String>, Style)>,
) {
    let is_number = |at: usize| columns[at].0.ends_with('#');
    let cell = |(at, text): (usize, String)| {
        let side = if is_number(at) { Alignment::Right } else { Alignment::Left };
        Cell::from(Line::from(text).alignment(side))
    };
    let titles = columns.iter().map(|(title, _)| title.trim_end_matches('#').to_owned());
    let header = Row::new(titles.enumerate().map(cell).collect::<Vec<_>>())
        .style(Style::new().add_modifier(Modifier::DIM));
    let lines = lines.into_iter().map(|(cells, style)| {
        Row::new(cells.into_iter().enumerate().map(cell).collect::<Vec<_>>()).style(style)
    });
    let widths: Vec<Constraint> = columns.iter().map(|(_, width)| *width).collect();
    let table = Table::new(lines, widths).header(header).column_spacing(2).block(block);
    frame.render_widget(table, area);
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

fn draw_agents(frame: &mut Frame<'_>, area: Rect, agents: &[AgentLine]) {
    use Constraint::{Fill, Length};
    let columns = [
        ("agent", Fill(1)),
        ("here", Length(4)),
        ("status", Length(20)),
        ("holding#", Length(7)),
        ("today#", Length(7)),
        ("total#", Length(9)),
        ("last", Length(8)),
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
    let block = titled("Agents", agents.len(), area);
    table(frame, area, block, &columns, agents.iter().map(line).collect());
}

fn draw_fairness(frame: &mut Frame<'_>, area: Rect, fairness: &[FairnessLine]) {
    use Constraint::{Fill, Length};
    let columns = [
        ("today, by weight", Fill(2)),
        ("min#", Length(8)),
        ("max#", Length(8)),
        ("mean#", Length(8)),
        ("Jain#", Length(6)),
        ("waiting#", Length(8)),
        ("next", Fill(1)),
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
    let block = titled("Fairness", fairness.len(), area);
    table(frame, area, block, &columns, fairness.iter().map(line).collect());
}

fn figure(figure: f64) -> String {
    if figure.fract() == 0.0 { format!("{figure}") } else { format!("{figure:.2}") }
}

fn draw_assignments(frame: &mut Frame<'_>, area: Rect, assignments: &[AssignmentLine]) {
    use Constraint::{Fill, Length};
    let columns = [
        ("at", Length(8)),
        ("item#", Length(8)),
        ("source", Length(12)),
        ("agent", Length(16)),
        ("count", Length(13)),
        ("why", Fill(1)),
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
    let block = titled(title, assignments.len(), area);
    table(frame, area, block, &columns, assignments.iter().map(line).collect());
}

fn draw_configuration(frame: &mut Frame<'_>, area: Rect, configuration: &Configuration) {
    let Configuration { time_zone, dispatch, agents, queues, sources, rules, schema, findings } =
        configuration;
    let dispatch = dispatch.replace('_', " ");
    let set_up = format!(
        "{time_zone} · dispatch {dispatch} · {agents} agents · {queues} queues · {sources} sources \
         · {rules} rules · schema {schema} · "
    );
    let (judged, color) = match findings {
        0 => ("in order".to_owned(), Color::Green),
        n => (format!("{n} found by fairlead verify"), Color::Yellow),
    };
    let line = Line::from(vec![Span::raw(set_up), Span::styled(judged, color)]);
    let block =
        Block::new().borders(Borders::TOP).title(Span::styled("Configuration ", Color::Cyan));
    frame.render_widget(Paragraph::new(line).block(block), area);
}

/// The whole board as text, as long as it needs to be.
pub fn text(board: &Board) -> Result<String> {
    let mut board = board.clone();
    board.assignments.truncate(ASSIGNMENTS);
    let fairness = rows(board.fairness.len());
    let needed =
        3 + rows(board.agents.len().max(1)) + fairness + rows(board.assignments.len().max(1));
    let height = needed.max(fairness.saturating_mul(FAIRNESS_SHARE));
    let mut lines = picture(&board, WIDTH, height)?;
    // What was room for fairness only is empty below the assignments.
    let foot = lines.split_off(lines.len() - 2);
    lines.truncate(usize::from(needed) - 2);
    lines.extend(foot);
    Ok(lines.join("\n") + "\n")
}

/// The board on an area of this size, a text a line.
fn picture(board: &Board, width: u16, height: u16) -> Result<Vec<String>> {
    let failed = |error: std::convert::Infallible| anyhow!("the board was not drawn: {error}");
    let mut terminal = Terminal::new(TestBackend::new(width, height)).map_err(failed)?;
    terminal.draw(|frame| draw(frame, board)).map_err(failed)?;
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
        let lines = picture(&board(), 60, 12).unwrap();
        assert_eq!(lines.len(), 12);
        let text = lines.join("\n");
        assert!(text.contains("Fairness (2 of 4)"), "{text}");
        assert!(text.contains("Configuration"), "{text}");
        // Smaller than anything fits into: drawn as far as it goes.
        assert_eq!(picture(&board(), 3, 2).unwrap().len(), 2);
    }

    #[test]
    fn an_empty_workspace_has_a_board() {
        let text = text(&Board::default()).unwrap();
        assert!(text.contains("No assignments yet"), "{text}");
    }
}
