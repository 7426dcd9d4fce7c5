//! `sheet-stubs tencent|google --port N --file rows.json --script script.json`: a stand-in to try a
//! sheet with. Without a file it has fifty accounts of a recruitment list.

use sheet_stubs::{Google, Script, Table, Tencent};
use std::{fs, process::ExitCode, thread};

const USAGE: &str = "usage: sheet-stubs tencent|google [--port N] [--file rows.json] [--script script.json]\n\
     rows.json: {\"title\": \"Calls\", \"fields\": [{\"title\": \"account\", \"type\": \"text\"}], \
     \"rows\": [[\"a1\"]]}\n\
     script.json: [{\"on\": \"getRecords\", \"after\": 2, \"act\": \"status\", \"status\": 429}]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("sheet-stubs: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let Some((service, options)) = args.split_first() else { return Err(USAGE.into()) };
    let (mut port, mut table, mut script) = (0, Table::recruitment(50), Script::default());
    for option in options.chunks(2) {
        let [name, value] = option else { return Err(USAGE.into()) };
        match name.as_str() {
            "--port" => port = value.parse().map_err(|_| format!("{value} is not a port"))?,
            "--file" => {
                let read = serde_json::from_str(&read(value)?);
                table = read.map_err(|error| format!("{value} is not a table: {error}"))?;
            }
            "--script" => {
                let read = Script::read(&read(value)?);
                script = read.map_err(|error| format!("{value} is not a script: {error}"))?;
            }
            _ => return Err(USAGE.into()),
        }
    }
    let failed = |error| format!("port {port} cannot be had: {error}");
    match service.as_str() {
        "tencent" => {
            let stub = Tencent::start(port, table, script).map_err(failed)?;
            println!("base           {}", stub.url());
            println!("link           {}", stub.link());
            println!("client_id      {}", Tencent::CLIENT_ID);
            println!("client_secret  {}", Tencent::CLIENT_SECRET);
            println!("access_token   {}", stub.access_token());
            println!("refresh_token  {}", Tencent::REFRESH_TOKEN);
            println!("open_id        {}", Tencent::OPEN_ID);
            serve()
        }
        "google" => {
            let stub = Google::start(port, table, script).map_err(failed)?;
            println!("base      {}", stub.url());
            println!("link      {}", stub.link());
            println!("key file  {}", stub.key_file());
            serve()
        }
        _ => Err(USAGE.into()),
    }
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))
}

/// Until the process is ended.
fn serve() -> ! {
    loop {
        thread::park();
    }
}
