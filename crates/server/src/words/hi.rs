//! Lines in Hindi.

use super::{Ask, Lexicon, Next, Standing, Thing, When, Where, Words};
use jiff::Zoned;
use routing::{
    AgentId, Cause, Event, Notice, Outcome, Promise, QueueId, Status, Strategy, Target, Verdict,
};

const MONTHS: [&str; 12] = [
    "जनवरी",
    "फ़रवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
];

#[derive(Debug)]
pub(super) struct Hindi;

fn month(at: &Zoned) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs()).saturating_sub(1) % MONTHS.len()]
}

impl Words for Hindi {
    fn unnamed(&self, thing: Thing, id: u64) -> String {
        match thing {
            Thing::Agent => format!("एजेंट {id}"),
            Thing::Queue => format!("कतार {id}"),
            Thing::Source => format!("स्रोत {id}"),
            Thing::Rule => format!("नियम {id}"),
        }
    }

    fn another(&self, n: usize, like: &str) -> String {
        format!("नया {n} ({like} जैसा)")
    }

    fn colleague(&self) -> &'static str {
        "किसी सहकर्मी"
    }

    fn clock(&self, at: &Zoned) -> String {
        format!("{} {} {}", at.day(), month(at), at.strftime("%H:%M"))
    }

    fn date(&self, at: &Zoned) -> String {
        format!("{} {} {}", at.day(), month(at), at.strftime("%Y %H:%M"))
    }

    fn strategy(&self, strategy: Strategy) -> (&'static str, &'static str) {
        match strategy {
            Strategy::FairShare => {
                ("उचित हिस्सा", "सबको भार के अनुपात में काम; लौटने पर किसी पर बोझ नहीं।")
            }
            Strategy::RoundRobin => ("बारी-बारी", "जिनकी पिछली बारी को सबसे देर हुई।"),
            Strategy::FewestAssigned => (
                "कुल सबसे कम",
                "इस कतार में अब तक जिसे सबसे कम मिला; नया व्यक्ति बाकी के सबसे कम से गिना जाता है।",
            ),
            Strategy::FewestToday => {
                ("आज सबसे कम", "आज जिसे सबसे कम मिला; बाद में आया व्यक्ति बाकी के सबसे कम से गिना जाता है।")
            }
            Strategy::LongestIdle => ("सबसे देर से खाली", "जो सबसे देर से बिना काम के हों।"),
            Strategy::LeastBusy => ("सबसे कम व्यस्त", "जिनका भार क्षमता के मुकाबले सबसे कम हो।"),
            Strategy::BestSkill => ("सर्वोत्तम कौशल", "ज़रूरी कौशलों में जिनका कुल स्तर सबसे ऊँचा हो।"),
        }
    }

    fn claimed(&self, name: &str) -> String {
        format!("{name} ने इंतज़ार में अगला आइटम स्वयं लिया।")
    }

    fn overflow(&self) -> &'static str {
        "सभी अपनी दैनिक सीमा पर थे, इसलिए सीमा से ऊपर वाला नियम लागू हुआ। "
    }

    fn back(&self) -> &'static str {
        "किसी और ने नहीं लिया, इसलिए दैनिक सीमा से ऊपर वापस गया। "
    }

    fn compared(&self, name: &str, standing: &Standing) -> String {
        let words = match standing {
            Standing::Share(_) => format!("उचित हिस्से के हिसाब से {name} की बारी थी"),
            Standing::NeverYet => format!("{name} को अब तक कोई काम नहीं मिला था"),
            Standing::WaitedLongest => format!("{name} की पिछली बारी को सबसे ज़्यादा समय हुआ था"),
            Standing::Assigned(_) => format!("{name} को कुल सबसे कम मिले थे"),
            Standing::Today(_) => format!("{name} को आज सबसे कम मिले थे"),
            Standing::Idle(_) => format!("{name} का खाली समय सबसे लंबा था"),
            Standing::Busy(_) => format!("{name} पर काम का भार सबसे कम था"),
            Standing::Skilled(_) => format!("{name} का कौशल सबसे ऊँचा था"),
        };
        match self.figure(standing) {
            Some(figure) => format!("{words} ({figure})"),
            None => words,
        }
    }

    fn figure(&self, standing: &Standing) -> Option<String> {
        Some(match standing {
            Standing::Share(share) => format!("हिस्सा {share}"),
            Standing::NeverYet | Standing::WaitedLongest => return None,
            Standing::Assigned(count) | Standing::Today(count) => format!("{count}"),
            Standing::Idle(since) => format!("{since} से"),
            Standing::Busy(percent) => format!("क्षमता का {percent}%"),
            Standing::Skilled(sum) => format!("कुल स्तर {sum}"),
        })
    }

    fn ask(&self, ask: Ask<'_>) -> String {
        match ask {
            Ask::SameRegion => "वही क्षेत्र".to_owned(),
            Ask::SameLanguage => "वही भाषा".to_owned(),
            Ask::Skill(skill, level) => format!("{skill} {level}+"),
        }
    }

    fn found(&self, step: u8, asks: Option<&[String]>, compared: &str, next: &Next) -> String {
        let asks = match asks {
            None => String::new(),
            Some([]) => " (सभी के लिए)".to_owned(),
            Some(asks) => format!(" ({})", asks.join(", ")),
        };
        let next = match next {
            Next::Unsaid => "।".to_owned(),
            Next::Nobody => "; और कोई खाली और योग्य नहीं था।".to_owned(),
            Next::Somebody { name, figure: None } => format!("; इसके बाद {name} की बारी थी।"),
            Next::Somebody { name, figure: Some(figure) } => {
                format!("; इसके बाद {name} की बारी थी ({figure})।")
            }
        };
        format!("चरण {step}{asks}: {compared}{next}")
    }

    fn passed_over(&self, agents: &[(Cause, u32)]) -> String {
        let parts = agents.iter().map(|(cause, n)| format!("{n} {}", self.cause(cause)));
        format!(" इन्हें छोड़ा गया: {}।", parts.collect::<Vec<_>>().join(", "))
    }

    fn placed_with(&self, name: &str) -> String {
        format!("सुपरवाइज़र ने {name} को सौंपा।")
    }

    fn placed(&self) -> &'static str {
        "सुपरवाइज़र ने सौंपा।"
    }

    fn calling(&self, place: Where<'_>, when: &When) -> String {
        let zone = match place {
            Where::Zone(zone) => Some(zone),
            Where::Zones(_) => None,
        };
        let hours = match place {
            Where::Zone(zone) => format!("{zone} में कॉल का समय"),
            Where::Zones(n) => format!("संपर्क जहाँ हो सकते हैं, उन सभी {n} समय क्षेत्रों में कॉल का समय"),
        };
        match when {
            When::Opens(at) => format!("{hours} {at} से शुरू होगा।"),
            When::Ends(at) => format!("{hours} {at} तक है।"),
            When::Open => format!("{hours} अभी है।"),
            When::Never => format!("{hours} एक साथ कभी नहीं होता।"),
            When::Barred(None) => "संपर्क कॉल-न-करें सूची में है: कॉल नहीं करनी है।".to_owned(),
            When::Barred(Some(at)) => {
                let there = zone.map(|zone| format!("{zone} में ")).unwrap_or_default();
                format!("संपर्क कॉल-न-करें सूची में है: {there}{at} से पहले कॉल नहीं करनी है।")
            }
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::LacksSkill(skill) => return format!("कौशल {} नहीं", skill.as_str()),
            Cause::WrongRegion => "क्षेत्र अलग",
            Cause::WrongLanguage => "भाषा अलग",
            Cause::Inactive => "निष्क्रिय",
            Cause::Paused => "रोका गया",
            Cause::OffShift => "शिफ़्ट के बाहर",
            Cause::SignedOut => "साइन आउट",
            Cause::Away => "दूर",
            Cause::AtCapacity => "क्षमता पूरी",
            Cause::AtCap => "दैनिक सीमा पर",
            Cause::RecentlyDeclined => "कुछ देर पहले इनके पास था",
            Cause::Promised => "किसी साथी ने कॉल करने का वादा किया है",
        }
        .to_owned()
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        let cause = verdict.cause.as_ref().map(|cause| self.cause(cause));
        match (cause, verdict.step) {
            _ if !verdict.serves => "यह कतार या स्रोत नहीं सँभालते".to_owned(),
            (None, Some(step)) => format!("चरण {step} में योग्य"),
            (None, None) => "योग्य".to_owned(),
            (Some(cause), Some(step)) => format!("{cause}; चरण {step} से योग्य"),
            (Some(cause), None) => cause,
        }
    }

    fn holds(&self) -> &'static str {
        "इनके पास है"
    }

    fn done_by(&self, name: Option<&str>, contacted: bool) -> String {
        let name = name.unwrap_or("सुपरवाइज़र");
        match contacted {
            false => format!("{name} ने इस पर काम किया।"),
            true => format!("{name} की संपर्क से बात हुई।"),
        }
    }

    fn event(&self, names: &Lexicon, event: &Event, queue: Option<QueueId>) -> String {
        use Event::*;
        let who = |agent: &AgentId| names.agent(*agent);
        let line = |id: &QueueId| names.queue(*id);
        match event {
            Configured { .. } => "कार्यक्षेत्र की सेटिंग बदली गईं।".to_owned(),
            AgentCreated { agent, .. } => format!("{} को जोड़ा गया।", who(agent)),
            AgentUpdated { agent, .. } => format!("{} का विवरण बदला गया।", who(agent)),
            AgentDeactivated { agent } => format!("{} को निष्क्रिय किया गया।", who(agent)),
            QueueCreated { queue, .. } => format!("कतार {} बनाई गई।", line(queue)),
            QueueUpdated { queue, .. } => format!("कतार {} बदली गई।", line(queue)),
            QueueDeactivated { queue } => format!("कतार {} निष्क्रिय की गई।", line(queue)),
            SourceCreated { source, .. } => format!("स्रोत {} बनाया गया।", names.source(*source)),
            SourceUpdated { source, .. } => format!("स्रोत {} बदला गया।", names.source(*source)),
            SourceDeactivated { source } => {
                format!("स्रोत {} निष्क्रिय किया गया।", names.source(*source))
            }
            RuleCreated { rule, .. } => format!("नियम {} बनाया गया।", names.rule(*rule)),
            RuleUpdated { rule, .. } => format!("नियम {} बदला गया।", names.rule(*rule)),
            RuleDeactivated { rule } => format!("नियम {} निष्क्रिय किया गया।", names.rule(*rule)),
            SignedIn { agent } => format!("{} ने साइन इन किया।", who(agent)),
            SignedOut { agent } => format!("{} ने साइन आउट किया।", who(agent)),
            Lapsed { agent } => format!("{} से संपर्क टूट गया।", who(agent)),
            StatusSet { agent, status } => match status {
                Status::Available => format!("{} की स्थिति: उपलब्ध।", who(agent)),
                Status::Away { reason } => {
                    format!("{} की स्थिति: दूर ({})।", who(agent), away(reason.as_str()))
                }
                Status::Offline => format!("{} की स्थिति: ऑफ़लाइन।", who(agent)),
            },
            Submitted { submission, .. } => {
                let source = names.source(submission.source);
                match submission.earliest.map(|at| names.clock(at)) {
                    Some(at) => format!("{source} से आया, {at} से पहले नहीं।"),
                    None => format!("{source} से आया।"),
                }
            }
            Claimed { agent } => format!("{} ने अगला आइटम माँगा।", who(agent)),
            Accepted { agent, .. } => format!("{} ने स्वीकार किया।", who(agent)),
            Declined { agent, .. } => format!("{} ने मना किया।", who(agent)),
            Completed { agent, disposition, outcome, .. } => {
                let then = match outcome {
                    Outcome::Closed => "पूरा".to_owned(),
                    Outcome::Retry { until } => format!("{} पर फिर से", names.clock(*until)),
                    Outcome::Moved { queue } => format!("आगे {} में", line(queue)),
                };
                format!("{} ने “{}” दर्ज किया: {then}।", who(agent), disposition.as_str())
            }
            Updated { by_other: true, contacted, .. } => self.done_by(None, *contacted),
            Updated { agent, contacted: false, .. } => format!("{} इस पर काम कर रहे हैं।", who(agent)),
            Updated { agent, contacted: true, .. } => format!("{} की संपर्क से बात हुई।", who(agent)),
            ResultKept { agent, holder: Some(holder), .. } => {
                format!(
                    "{} का परिणाम तब आया जब यह {} के पास था: नोट के रूप में रखा गया।",
                    who(agent),
                    who(holder)
                )
            }
            ResultKept { agent, holder: None, .. } => {
                format!("{} का परिणाम देर से आया: नोट के रूप में रखा गया।", who(agent))
            }
            Forgotten { .. } => "जिनके बारे में यह था, उनकी जानकारी मिटा दी गई।".to_owned(),
            Forced { .. } => "रोके जाने के बावजूद आगे भेजा गया।".to_owned(),
            BarsSet { bars, .. } => match bars.iter().find(|bar| bar.is_never()).or(bars.first()) {
                None => "संपर्क पर अब कॉल-न-करें सूची की रोक नहीं।",
                Some(bar) if bar.is_never() => "संपर्क कॉल-न-करें सूची में आया: कॉल नहीं करनी है।",
                Some(_) => "संपर्क कॉल-न-करें सूची में आया: केवल कुछ समय पर कॉल करनी है।",
            }
            .to_owned(),
            Released { agent, seen, .. } if seen.agent == Some(*agent) => {
                format!("{} ने लौटा दिया।", who(agent))
            }
            Released { agent, .. } => format!("{} से वापस लिया गया।", who(agent)),
            RetryScheduled { until, promise: None, .. } => {
                format!("{} तक टाला गया।", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Anybody), .. } => {
                format!("{} पर फिर कॉल करनी है, सबसे पहले।", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Agent(agent)), .. } => {
                format!("{} पर {} को फिर कॉल करनी है, सबसे पहले।", names.clock(*until), who(agent))
            }
            Undone { agent, .. } => format!("{} ने परिणाम वापस लिया।", who(agent)),
            Reassigned { to: Target::Agent(agent), .. } => {
                format!("हाथ से {} को दिया गया।", who(agent))
            }
            Reassigned { to: Target::Queue(queue), .. } => {
                format!("हाथ से {} में डाला गया।", line(queue))
            }
            Cancelled { .. } => "रद्द किया गया।".to_owned(),
            MatchRequested { .. } => "बाँटने का अनुरोध किया गया।".to_owned(),
            ClockTicked => "समय बीता।".to_owned(),
            Duplicate { of, .. } => format!("आइटम {of} वाला ही संपर्क: दोबारा नहीं बाँटा गया।"),
            Barred { .. } => "संपर्क कॉल-न-करें सूची में है: नहीं बाँटा गया।".to_owned(),
            Queued { queue, rule: None, .. } => format!("{} में इंतज़ार।", line(queue)),
            Queued { queue, rule: Some(rule), .. } => {
                format!("{} में इंतज़ार (नियम “{}”)।", line(queue), names.rule(*rule))
            }
            Offered { agent, until, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("{} को प्रस्तावित, {} तक। {why}", who(agent), names.clock(*until))
            }
            Assigned { agent, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("{} को सौंपा गया। {why}", who(agent))
            }
            OfferMissed { agent, .. } => format!("{} ने समय पर उत्तर नहीं दिया।", who(agent)),
            Event::Returned { agent, cause, .. } => {
                let name = who(agent);
                match cause {
                    routing::Returned::SignedOut => {
                        format!("{name} ने साइन आउट किया: आइटम अपनी पुरानी जगह लौटा।")
                    }
                    routing::Returned::Lapsed => {
                        format!("{name} से संपर्क टूट गया: आइटम अपनी पुरानी जगह लौटा।")
                    }
                    routing::Returned::Deactivated => {
                        format!("{name} को निष्क्रिय किया गया: आइटम अपनी पुरानी जगह लौटा।")
                    }
                    routing::Returned::Undone => {
                        format!("{name} ने इससे पहले का परिणाम वापस लिया: आइटम अपनी पुरानी जगह लौटा।")
                    }
                    routing::Returned::Barred => {
                        format!("संपर्क अब कॉल-न-करें सूची में है: आइटम {name} से अपनी पुरानी जगह लौटा।")
                    }
                }
            }
            WentSilent { agent, to: None, .. } => {
                format!("{} ने बहुत देर तक कुछ नहीं किया: यह उनसे वापस लिया गया।", who(agent))
            }
            WentSilent { agent, to: Some(to), .. } => {
                format!("{} ने बहुत देर तक कुछ नहीं किया: {} में भेजा गया।", who(agent), line(to))
            }
            Due { .. } => "इसका समय आ गया।".to_owned(),
            Overflowed { from, to, .. } => {
                format!("{} में सभी दैनिक सीमा पर थे: {} में भेजा गया।", line(from), line(to))
            }
            SupervisorTold { agent, notice: Notice::PlacedItemHeldByAbsent, .. } => {
                format!(
                    "{} मौजूद नहीं हैं, पर यह आइटम किसी व्यक्ति ने सौंपा था: सुपरवाइज़र तय करें।",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::PlacedItemSilent, .. } => {
                format!(
                    "{} इस पर कुछ नहीं कर रहे, पर यह आइटम किसी व्यक्ति ने सौंपा था: सुपरवाइज़र तय करें।",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::SilentTooOften, .. } => {
                format!(
                    "{} इस पर कुछ नहीं कर रहे, और यह अब अपने आप आगे नहीं जाएगा: सुपरवाइज़र तय करें।",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::NobodyTookIt, .. } => {
                format!(
                    "{} से वापस लेने के बाद किसी ने नहीं लिया, और उन्हें लौट नहीं सकता: सुपरवाइज़र तय करें।",
                    who(agent)
                )
            }
            ShiftChanged { agent, on_shift: true } => format!("{} की शिफ़्ट शुरू हुई।", who(agent)),
            ShiftChanged { agent, on_shift: false } => format!("{} की शिफ़्ट समाप्त हुई।", who(agent)),
            DayStarted { .. } => "नया दिन शुरू हुआ।".to_owned(),
        }
    }

    fn act(&self, act: &str, object: &str) -> String {
        match act {
            "token_created" => format!("टोकन “{object}” बनाया गया।"),
            "token_revoked" => format!("टोकन “{object}” रद्द किया गया।"),
            "secret_rotated" => format!("स्रोत {object} को नया सीक्रेट मिला।"),
            "source_face_changed" => format!("स्रोत {object} अपने आइटम कैसे पढ़ता है, यह बदला गया।"),
            "login_changed" => format!("{object} का लॉगिन बदला गया।"),
            "session_started" => format!("{object} ने साइन इन किया।"),
            "session_ended" => format!("{object} ने साइन आउट किया।"),
            "sign_in_failed" => format!("किसी ने {object} के लिए गलत पासवर्ड आज़माया।"),
            "sign_in_limited" => format!("किसी ने {object} के रूप में बहुत बार साइन इन करने की कोशिश की।"),
            "desk_link_made" => "डेस्क लिंक बनाया गया; पहले वाला अब कुछ नहीं खोलता।".to_owned(),
            "desk_link_withdrawn" => "डेस्क लिंक वापस लिया गया।".to_owned(),
            "pin_set" => format!("{object} को PIN दिया गया।"),
            "pin_removed" => format!("{object} का PIN हटाया गया।"),
            "workspace_renamed" => "कार्यक्षेत्र का नाम बदला गया।".to_owned(),
            "import_started" => "एक फ़ाइल आयात की गई।".to_owned(),
            "desk_changed" => format!("कतार {object} का डेस्क बदला गया।"),
            "rules_scheduled" => "नियमों का एक बदलाव आगे के समय के लिए तय किया गया।".to_owned(),
            "rules_schedule_cancelled" => "नियमों का तय किया गया बदलाव रद्द किया गया।".to_owned(),
            "rules_schedule_failed" => {
                "नियमों का तय किया गया बदलाव नहीं हो सका; नियम पहले जैसे ही हैं।".to_owned()
            }
            "announced" => "एजेंटों को सूचना दी गई।".to_owned(),
            "announcement_ended" => "एजेंटों को दी गई सूचना समाप्त की गई।".to_owned(),
            "endpoint_created" => format!("वेबहुक एंडपॉइंट {object} बनाया गया।"),
            "endpoint_changed" => format!("वेबहुक एंडपॉइंट {object} बदला गया।"),
            "endpoint_secret_rotated" => {
                format!("वेबहुक एंडपॉइंट {object} को हस्ताक्षर की नई कुंजी मिली।")
            }
            "endpoint_removed" => format!("वेबहुक एंडपॉइंट {object} हटाया गया।"),
            "endpoint_disabled" => {
                format!("वेबहुक एंडपॉइंट {object} बंद किया गया: कुछ भी नहीं पहुँच पाया।")
            }
            "sheet_created" => format!("शीट {object} जोड़ी गई।"),
            "sheet_changed" => format!("शीट {object} बदली गई।"),
            "sheet_removed" => format!("शीट {object} हटाई गई।"),
            "sheet_conflict_decided" => format!("शीट {object} का एक टकराव सुलझाया गया।"),
            "do_not_call_added" => "एक नंबर कॉल-न-करें सूची में डाला गया।".to_owned(),
            "do_not_call_imported" => "एक फ़ाइल कॉल-न-करें सूची में डाली गई।".to_owned(),
            "do_not_call_removed" => format!("प्रविष्टि {object} कॉल-न-करें सूची से हटाई गई।"),
            "contact_exported" => "एक व्यक्ति के बारे में जो रखा है, वह दिया गया।".to_owned(),
            "contact_erased" => "एक व्यक्ति का डेटा मिटाया गया।".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// The reasons that every workspace has; others are the workspace's own words.
fn away(reason: &str) -> &str {
    match reason {
        "break" => "विराम",
        "lunch" => "दोपहर का भोजन",
        "meeting" => "बैठक",
        "training" => "प्रशिक्षण",
        "missed_offer" => "प्रस्ताव छूट गया",
        own => own,
    }
}
