//! Lines in Chinese.

use super::{Ask, Lexicon, Next, Standing, Thing, When, Where, Words};
use jiff::Zoned;
use routing::{
    AgentId, Cause, Event, Notice, Outcome, Promise, QueueId, Status, Strategy, Target, Verdict,
};

#[derive(Debug)]
pub(super) struct Chinese;

impl Words for Chinese {
    fn unnamed(&self, thing: Thing, id: u64) -> String {
        match thing {
            Thing::Agent => format!("人员 {id}"),
            Thing::Queue => format!("队列 {id}"),
            Thing::Source => format!("来源 {id}"),
            Thing::Rule => format!("规则 {id}"),
        }
    }

    fn another(&self, n: usize, like: &str) -> String {
        format!("新人 {n}（像 {like}）")
    }

    fn colleague(&self) -> &'static str {
        "其他同事"
    }

    fn clock(&self, at: &Zoned) -> String {
        at.strftime("%-m月%-d日 %H:%M").to_string()
    }

    fn date(&self, at: &Zoned) -> String {
        at.strftime("%Y年%-m月%-d日 %H:%M").to_string()
    }

    fn strategy(&self, strategy: Strategy) -> (&'static str, &'static str) {
        match strategy {
            Strategy::FairShare => ("公平份额", "按权重公平分配；回来的人不会被淹没。"),
            Strategy::RoundRobin => ("轮流", "距上次分配最久者。"),
            Strategy::FewestAssigned => {
                ("累计最少", "在此队列中累计最少者；新人从其他人的最少数算起。")
            }
            Strategy::FewestToday => ("今日最少", "当日最少者；后来者从其他人的最少数算起。"),
            Strategy::LongestIdle => ("空闲最久", "无工作时间最长者。"),
            Strategy::LeastBusy => ("最空闲", "负载占容量比例最小者。"),
            Strategy::BestSkill => ("技能最高", "所需技能等级总和最高者。"),
        }
    }

    fn claimed(&self, name: &str) -> String {
        format!("{name} 领取了等待中的下一项工作。")
    }

    fn overflow(&self) -> &'static str {
        "所有人都已达每日上限，因此按超上限规则分配。"
    }

    fn back(&self) -> &'static str {
        "没有其他人接手，因此超过每日上限退回。"
    }

    fn compared(&self, name: &str, standing: &Standing) -> String {
        let words = match standing {
            Standing::Share(_) => format!("按公平份额轮到 {name}"),
            Standing::NeverYet => format!("{name} 尚未分到过工作"),
            Standing::WaitedLongest => format!("{name} 距上次分配最久"),
            Standing::Assigned(_) => format!("{name} 累计最少"),
            Standing::Today(_) => format!("{name} 今日最少"),
            Standing::Idle(_) => format!("{name} 空闲最久"),
            Standing::Busy(_) => format!("{name} 最空闲"),
            Standing::Skilled(_) => format!("{name} 技能最高"),
        };
        match self.figure(standing) {
            Some(figure) => format!("{words}（{figure}）"),
            None => words,
        }
    }

    fn figure(&self, standing: &Standing) -> Option<String> {
        Some(match standing {
            Standing::Share(share) => format!("份额 {share}"),
            Standing::NeverYet | Standing::WaitedLongest => return None,
            Standing::Assigned(count) | Standing::Today(count) => format!("{count} 项"),
            Standing::Idle(since) => format!("自 {since} 起"),
            Standing::Busy(percent) => format!("占容量 {percent}%"),
            Standing::Skilled(sum) => format!("等级合计 {sum}"),
        })
    }

    fn ask(&self, ask: Ask<'_>) -> String {
        match ask {
            Ask::SameRegion => "同地区".to_owned(),
            Ask::SameLanguage => "同语言".to_owned(),
            Ask::Skill(skill, level) => format!("{skill} {level} 级以上"),
        }
    }

    fn found(&self, step: u8, asks: Option<&[String]>, compared: &str, next: &Next) -> String {
        let asks = match asks {
            None => String::new(),
            Some([]) => "（不限）".to_owned(),
            Some(asks) => format!("（{}）", asks.join("，")),
        };
        let next = match next {
            Next::Unsaid => "。".to_owned(),
            Next::Nobody => "；没有其他空闲且符合条件的人。".to_owned(),
            Next::Somebody { name, figure: None } => format!("；下一位本应是 {name}。"),
            Next::Somebody { name, figure: Some(figure) } => {
                format!("；下一位本应是 {name}（{figure}）。")
            }
        };
        format!("步骤 {step}{asks}：{compared}{next}")
    }

    fn passed_over(&self, agents: &[(Cause, u32)]) -> String {
        let parts = agents.iter().map(|(cause, n)| format!("{n} 人{}", self.cause(cause)));
        format!("未选：{}。", parts.collect::<Vec<_>>().join("，"))
    }

    fn placed_with(&self, name: &str) -> String {
        format!("由主管指派给 {name}。")
    }

    fn placed(&self) -> &'static str {
        "由主管指派。"
    }

    fn calling(&self, place: Where<'_>, when: &When) -> String {
        let zone = match place {
            Where::Zone(zone) => Some(zone),
            Where::Zones(_) => None,
        };
        let hours = match place {
            Where::Zone(zone) => format!("{zone} 的可呼叫时段"),
            Where::Zones(n) => format!("联系人可能所在的 {n} 个时区的共同可呼叫时段"),
        };
        match when {
            When::Opens(at) => format!("{hours}从 {at} 开始。"),
            When::Ends(at) => format!("{hours}到 {at} 结束。"),
            When::Open => format!("现在处于{hours}。"),
            When::Never => format!("{hours}不存在。"),
            When::Barred(None) => "联系人在谢绝来电名单上：不可致电。".to_owned(),
            When::Barred(Some(at)) => {
                let there = zone.map(|zone| format!("{zone} 时间 ")).unwrap_or_default();
                format!("联系人在谢绝来电名单上：{there}{at} 之前不可致电。")
            }
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::LacksSkill(skill) => return format!("缺少技能 {}", skill.as_str()),
            Cause::WrongRegion => "地区不符",
            Cause::WrongLanguage => "语言不符",
            Cause::Inactive => "已停用",
            Cause::Paused => "已暂停",
            Cause::OffShift => "不在工作时间",
            Cause::SignedOut => "未登录",
            Cause::Away => "离开",
            Cause::AtCapacity => "手上已满",
            Cause::AtCap => "已达每日上限",
            Cause::RecentlyDeclined => "不久前刚经手",
            Cause::Promised => "同事已约定回拨",
        }
        .to_owned()
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        let cause = verdict.cause.as_ref().map(|cause| self.cause(cause));
        match (cause, verdict.step) {
            _ if !verdict.serves => "不负责此队列或来源".to_owned(),
            (None, Some(step)) => format!("符合条件（步骤 {step}）"),
            (None, None) => "符合条件".to_owned(),
            (Some(cause), Some(step)) => format!("{cause}；从步骤 {step} 起符合条件"),
            (Some(cause), None) => cause,
        }
    }

    fn holds(&self) -> &'static str {
        "正持有"
    }

    fn done_by(&self, name: Option<&str>, contacted: bool) -> String {
        let name = name.unwrap_or("主管");
        match contacted {
            false => format!("{name} 处理过。"),
            true => format!("{name} 已联系上对方。"),
        }
    }

    fn event(&self, names: &Lexicon, event: &Event, queue: Option<QueueId>) -> String {
        use Event::*;
        let who = |agent: &AgentId| names.agent(*agent);
        let line = |id: &QueueId| names.queue(*id);
        match event {
            Configured { .. } => "工作区设置已更改。".to_owned(),
            AgentCreated { agent, .. } => format!("{} 已加入。", who(agent)),
            AgentUpdated { agent, .. } => format!("{} 的资料已更改。", who(agent)),
            AgentDeactivated { agent } => format!("{} 已停用。", who(agent)),
            QueueCreated { queue, .. } => format!("队列 {} 已创建。", line(queue)),
            QueueUpdated { queue, .. } => format!("队列 {} 已更改。", line(queue)),
            QueueDeactivated { queue } => format!("队列 {} 已停用。", line(queue)),
            SourceCreated { source, .. } => format!("来源 {} 已创建。", names.source(*source)),
            SourceUpdated { source, .. } => format!("来源 {} 已更改。", names.source(*source)),
            SourceDeactivated { source } => format!("来源 {} 已停用。", names.source(*source)),
            RuleCreated { rule, .. } => format!("规则 {} 已创建。", names.rule(*rule)),
            RuleUpdated { rule, .. } => format!("规则 {} 已更改。", names.rule(*rule)),
            RuleDeactivated { rule } => format!("规则 {} 已停用。", names.rule(*rule)),
            SignedIn { agent } => format!("{} 已登录。", who(agent)),
            SignedOut { agent } => format!("{} 已退出登录。", who(agent)),
            Lapsed { agent } => format!("{} 已失去联系。", who(agent)),
            StatusSet { agent, status } => match status {
                Status::Available => format!("{} 空闲，可接工作。", who(agent)),
                Status::Away { reason } => {
                    format!("{} 已离开：{}。", who(agent), away(reason.as_str()))
                }
                Status::Offline => format!("{} 已离线。", who(agent)),
            },
            Submitted { submission, .. } => {
                let source = names.source(submission.source);
                match submission.earliest.map(|at| names.clock(at)) {
                    Some(at) => format!("来自 {source}，{at} 之前不分配。"),
                    None => format!("来自 {source}。"),
                }
            }
            Claimed { agent } => format!("{} 请求领取下一项工作。", who(agent)),
            Accepted { agent, .. } => format!("{} 已接受。", who(agent)),
            Declined { agent, .. } => format!("{} 已拒绝。", who(agent)),
            Completed { agent, disposition, outcome, .. } => {
                let then = match outcome {
                    Outcome::Closed => "已完成".to_owned(),
                    Outcome::Retry { until } => format!("将于 {} 重试", names.clock(*until)),
                    Outcome::Moved { queue } => format!("转到 {}", line(queue)),
                };
                format!("{} 登记了“{}”：{then}。", who(agent), disposition.as_str())
            }
            Updated { by_other: true, contacted, .. } => self.done_by(None, *contacted),
            Updated { agent, contacted: false, .. } => format!("{} 正在处理。", who(agent)),
            Updated { agent, contacted: true, .. } => format!("{} 已联系上对方。", who(agent)),
            ResultKept { agent, holder: Some(holder), .. } => {
                format!("{} 的结果到达时已由 {} 负责：已存为备注。", who(agent), who(holder))
            }
            ResultKept { agent, holder: None, .. } => {
                format!("{} 的结果来得太晚：已存为备注。", who(agent))
            }
            Forgotten { .. } => "相关人员的资料已被删除。".to_owned(),
            Forced { .. } => "已放行，尽管先前被搁置。".to_owned(),
            BarsSet { bars, .. } => match bars.iter().find(|bar| bar.is_never()).or(bars.first()) {
                None => "联系人不再受谢绝来电名单限制。",
                Some(bar) if bar.is_never() => "联系人已列入谢绝来电名单：不可致电。",
                Some(_) => "联系人已列入谢绝来电名单：只可在部分时间致电。",
            }
            .to_owned(),
            Released { agent, seen, .. } if seen.agent == Some(*agent) => {
                format!("{} 已退回。", who(agent))
            }
            Released { agent, .. } => format!("已从 {} 处收回。", who(agent)),
            RetryScheduled { until, promise: None, .. } => {
                format!("延后至 {}。", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Anybody), .. } => {
                format!("约定 {} 回拨，届时最优先。", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Agent(agent)), .. } => {
                format!("约定 {} 由 {} 回拨，届时最优先。", names.clock(*until), who(agent))
            }
            Undone { agent, .. } => format!("{} 撤回了结果。", who(agent)),
            Reassigned { to: Target::Agent(agent), .. } => format!("人工指派给 {}。", who(agent)),
            Reassigned { to: Target::Queue(queue), .. } => format!("人工转入 {}。", line(queue)),
            Cancelled { .. } => "已取消。".to_owned(),
            MatchRequested { .. } => "已请求分配。".to_owned(),
            ClockTicked => "时间已推进。".to_owned(),
            Duplicate { of, .. } => format!("与工作项 {of} 为同一联系人：不再分配。"),
            Barred { .. } => "联系人在谢绝来电名单上：不分配。".to_owned(),
            Queued { queue, rule: None, .. } => format!("在 {} 中等待。", line(queue)),
            Queued { queue, rule: Some(rule), .. } => {
                format!("在 {} 中等待（规则“{}”）。", line(queue), names.rule(*rule))
            }
            Offered { agent, until, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("待 {} 确认，截止 {}。{why}", who(agent), names.clock(*until))
            }
            Assigned { agent, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("已分配给 {}。{why}", who(agent))
            }
            OfferMissed { agent, .. } => format!("{} 未及时应答。", who(agent)),
            Event::Returned { agent, cause, .. } => {
                let name = who(agent);
                match cause {
                    routing::Returned::SignedOut => {
                        format!("{name} 已退出登录，工作项回到原来的位置。")
                    }
                    routing::Returned::Lapsed => {
                        format!("{name} 已失去联系，工作项回到原来的位置。")
                    }
                    routing::Returned::Deactivated => {
                        format!("{name} 已停用，工作项回到原来的位置。")
                    }
                    routing::Returned::Undone => {
                        format!("{name} 撤回了前一个结果，工作项回到原来的位置。")
                    }
                    routing::Returned::Barred => {
                        format!(
                            "联系人已列入谢绝来电名单：从 {name} 处收回，工作项回到原来的位置。"
                        )
                    }
                }
            }
            WentSilent { agent, to: None, .. } => {
                format!("{} 过久没有处理：已收回。", who(agent))
            }
            WentSilent { agent, to: Some(to), .. } => {
                format!("{} 过久没有处理：转到 {}。", who(agent), line(to))
            }
            Due { .. } => "预定时间已到。".to_owned(),
            Overflowed { from, to, .. } => {
                format!("{} 中所有人都已达每日上限：转到 {}。", line(from), line(to))
            }
            SupervisorTold { agent, notice: Notice::PlacedItemHeldByAbsent, .. } => {
                format!("{} 不在，但此工作项由人工指派：请主管决定。", who(agent))
            }
            SupervisorTold { agent, notice: Notice::PlacedItemSilent, .. } => {
                format!("{} 一直没有处理，但此工作项由人工指派：请主管决定。", who(agent))
            }
            SupervisorTold { agent, notice: Notice::SilentTooOften, .. } => {
                format!("{} 一直没有处理，也不再自动转出：请主管决定。", who(agent))
            }
            SupervisorTold { agent, notice: Notice::NobodyTookIt, .. } => {
                format!("从 {} 处收回后无人接手，也无法退回：请主管决定。", who(agent))
            }
            ShiftChanged { agent, on_shift: true } => format!("{} 的工作时间开始。", who(agent)),
            ShiftChanged { agent, on_shift: false } => format!("{} 的工作时间结束。", who(agent)),
            DayStarted { .. } => "新的一天开始。".to_owned(),
        }
    }

    fn act(&self, act: &str, object: &str) -> String {
        match act {
            "token_created" => format!("创建了令牌“{object}”。"),
            "token_revoked" => format!("吊销了令牌“{object}”。"),
            "secret_rotated" => format!("来源 {object} 更换了密钥。"),
            "source_face_changed" => format!("来源 {object} 读取工作项的方式已更改。"),
            "login_changed" => format!("{object} 的登录信息已更改。"),
            "session_started" => format!("{object} 已登录。"),
            "session_ended" => format!("{object} 已退出登录。"),
            "sign_in_failed" => format!("有人用错误的密码尝试登录 {object}。"),
            "sign_in_limited" => format!("有人过于频繁地尝试登录 {object}。"),
            "desk_link_made" => "生成了电话台链接，此前的链接已失效。".to_owned(),
            "desk_link_withdrawn" => "撤回了电话台链接。".to_owned(),
            "pin_set" => format!("为 {object} 设置了 PIN 码。"),
            "pin_removed" => format!("取消了 {object} 的 PIN 码。"),
            "workspace_renamed" => "工作区已改名。".to_owned(),
            "import_started" => "导入了一个文件。".to_owned(),
            "desk_changed" => format!("队列 {object} 的工作台已更改。"),
            "rules_scheduled" => "已安排在以后更改规则。".to_owned(),
            "rules_schedule_cancelled" => "已取消安排好的规则更改。".to_owned(),
            "rules_schedule_failed" => "安排好的规则更改无法执行；规则保持原样。".to_owned(),
            "announced" => "向坐席发布了公告。".to_owned(),
            "announcement_ended" => "发给坐席的公告已结束。".to_owned(),
            "endpoint_created" => format!("创建了 Webhook 端点 {object}。"),
            "endpoint_changed" => format!("Webhook 端点 {object} 已更改。"),
            "endpoint_secret_rotated" => format!("Webhook 端点 {object} 更换了签名密钥。"),
            "endpoint_removed" => format!("移除了 Webhook 端点 {object}。"),
            "endpoint_disabled" => format!("Webhook 端点 {object} 已停用：无法送达。"),
            "sheet_created" => format!("添加了表格 {object}。"),
            "sheet_changed" => format!("表格 {object} 已更改。"),
            "sheet_removed" => format!("移除了表格 {object}。"),
            "sheet_conflict_decided" => format!("表格 {object} 中的一处冲突已处理。"),
            "do_not_call_added" => "一个号码已加入谢绝来电名单。".to_owned(),
            "do_not_call_imported" => "一个文件已导入谢绝来电名单。".to_owned(),
            "do_not_call_removed" => format!("谢绝来电名单中的条目 {object} 已移除。"),
            "contact_exported" => "导出了一个人的全部资料。".to_owned(),
            "contact_erased" => "删除了一个人的资料。".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// The reasons that every workspace has; others are the workspace's own words.
fn away(reason: &str) -> &str {
    match reason {
        "break" => "休息",
        "lunch" => "午餐",
        "meeting" => "会议",
        "training" => "培训",
        "missed_offer" => "错过了分配",
        own => own,
    }
}
