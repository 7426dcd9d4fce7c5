//! One place's run: nodes under load, killed at moments that the seed chooses, and looked at after
//! each.

use crate::Problem;
use crate::database::Database;
use crate::inspect::Inspector;
use crate::ledger::Ledger;
use crate::load::Load;
use crate::node::{Node, Product};
use crate::options::{Options, Place};
use crate::report::{Done, Outcome};
use crate::shop::{self, HEARTBEAT_SECS, Shop};
use crate::wire::Wire;
use scenario::simulation::Random;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long a stopped node stays so: longer than anybody may be silent.
const STOPPED: Duration = Duration::from_secs(HEARTBEAT_SECS + 2);

/// How many more leads are answered between two kills, at least and at most: moments are counted in
/// work, which machines do at different speeds.
const LEADS: (u64, u64) = (5, 80);
/// How long that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Chances of what else happens before a kill, in percent.
const CUT: u64 = 25;
const STOP: u64 = 12;

/// Kills at one place, and says what came of it.
pub fn run(
    options: &Options,
    place: Place,
    seed: u64,
    binary: &Path,
    folder: &Path,
    runtime: &Runtime,
) -> Result<Outcome, Problem> {
    let folder = folder.join(place.name());
    std::fs::create_dir_all(&folder)?;
    let database = match place {
        Place::Sqlite => None,
        Place::Postgres => Some(runtime.block_on(Database::create(&options.postgres()?))?),
    };
    let url = match &database {
        Some(database) => database.url.clone(),
        None => format!("sqlite:{}", folder.join("fairlead.db").display()),
    };
    let product = Product { binary: binary.to_owned(), url, folder };
    let admin = shop::open(&product)?;
    let nodes = (0..place.nodes()).map(|_| Node::start(&product)).collect::<Result<Vec<_>, _>>()?;
    let mut rig = Rig {
        place,
        inspector: Inspector::new(&product.url),
        product,
        database,
        nodes,
        ledger: Arc::default(),
        random: Random::new(seed),
        done: Done::default(),
        runtime,
    };
    let mut problem = rig.work(options.kills, admin).err();
    rig.nodes.clear();
    if let Some(database) = rig.database.take() {
        let removed = runtime.block_on(database.remove());
        // What broke first is what matters.
        problem = problem.or(removed.err());
    }
    Ok(Outcome::new(place, &rig.done, rig.ledger.counts(), &rig.inspector, problem))
}

struct Rig<'a> {
    place: Place,
    product: Product,
    database: Option<Database>,
    nodes: Vec<Node>,
    ledger: Arc<Ledger>,
    inspector: Inspector,
    random: Random,
    done: Done,
    runtime: &'a Runtime,
}

impl Rig<'_> {
    fn work(&mut self, kills: u32, admin: String) -> Result<(), Problem> {
        let roots: Arc<[String]> = self.nodes.iter().map(Node::root).collect();
        let mut wire = Wire::new(&roots, &admin, 0);
        let shop = Shop::furnish(&mut wire, admin)?;
        let load = Load::start(&wire, &shop, &self.ledger, self.random.number());
        for kill in 1..=kills {
            self.trouble(kill)?;
            self.kill()?;
            self.told(kill, kills);
        }
        // Whoever is stopped comes back as one who was given up.
        while self.nodes.iter().filter_map(Node::stopped_for).any(|time| time < STOPPED) {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.nodes.iter_mut().try_for_each(Node::go_on)?;
        self.nodes.iter_mut().try_for_each(Node::ready)?;
        load.finish().map_err(|stuck| self.inspector.broken("stuck", stuck))?;
        self.nodes.iter_mut().try_for_each(Node::end)?;
        self.look()?;
        let sent = self.ledger.counts().sent;
        self.runtime.block_on(self.inspector.look_closely(sent))?;
        self.inspector.read_log(&self.product.log())?;
        let verified = self.product.run(&["--workspace", shop::NAME, "verify", "--audit"]);
        verified.map(drop).map_err(|problem| self.inspector.broken("chain", problem.to_string()))
    }

    /// Lets them work for a while, and does what is less than a kill.
    fn trouble(&mut self, kill: u32) -> Result<(), Problem> {
        if self.place == Place::Postgres {
            for node in &mut self.nodes {
                if node.stopped_for().is_some_and(|time| time > STOPPED) {
                    node.go_on()?;
                }
            }
            let (cuts, stops) = (self.random.percent(CUT), self.random.percent(STOP));
            // Every run has both, however short.
            if stops || kill == 1 {
                self.stop_one()?;
            }
            self.let_work()?;
            if (cuts || kill == 2)
                && let Some(database) = &self.database
            {
                self.runtime.block_on(database.cut())?;
                self.done.cuts += 1;
            }
        }
        self.let_work()?;
        // In the middle of whatever they do.
        let moment = Duration::from_micros(self.random.below(50_000));
        std::thread::sleep(moment);
        Ok(())
    }

    /// Stops a node in its tracks, unless one is stopped already.
    fn stop_one(&mut self) -> Result<(), Problem> {
        if self.nodes.iter().all(|node| node.stopped_for().is_none()) {
            let number = self.random.below(self.nodes.len() as u64) as usize;
            self.nodes[number].stop_dead()?;
            self.done.stops += 1;
        }
        Ok(())
    }

    /// Kills a node that is not stopped, looks at what is left, and starts it again.
    fn kill(&mut self) -> Result<(), Problem> {
        let running: Vec<usize> =
            (0..self.nodes.len()).filter(|n| self.nodes[*n].stopped_for().is_none()).collect();
        let number = self.random.pick(&running).copied().unwrap_or_default();
        self.nodes[number].kill()?;
        self.done.kills += 1;
        // A file belongs to one process: while nobody has it.
        self.look()?;
        self.nodes[number].go()?;
        self.nodes[number].ready()
    }

    fn look(&mut self) -> Result<(), Problem> {
        // What was promised before the look is there.
        let promised = self.ledger.take();
        self.runtime.block_on(self.inspector.look(&promised))?;
        if let Some(wrong) = self.ledger.first_wrong() {
            return Err(self.inspector.broken("I3", wrong));
        }
        // Whose last answer was lost did not count it.
        let open = self.inspector.open;
        self.ledger.count(|counts| counts.closed = counts.leads.saturating_sub(open));
        Ok(())
    }

    /// Returns once some more leads are answered.
    fn let_work(&mut self) -> Result<(), Problem> {
        let (least, most) = LEADS;
        let enough = self.ledger.counts().leads + self.random.from_to(least, most);
        let began = Instant::now();
        while self.ledger.counts().leads < enough {
            if began.elapsed() > PATIENCE {
                let detail = format!("no work is done in {} s", PATIENCE.as_secs());
                return Err(self.inspector.broken("stuck", detail));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn told(&self, kill: u32, kills: u32) {
        let (counts, history) = (self.ledger.counts(), &self.inspector.history);
        println!(
            "{:<8} kill {kill:>3} of {kills}: {:>6} leads answered, {:>6} acts, {:>7} events hold",
            self.place.name(),
            counts.leads,
            counts.acts,
            history.seq()
        );
    }
}
