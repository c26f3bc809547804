//! `policy list | show | check`: the policies there are, one of them in words, the faults of a file.

mod page;

use crate::context::Context;
use clap::Subcommand;
use serde_json::{Value, json};
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::{Failure, Format, Listing, PolicyFile};
use zhuji_protocol::policy::{Policy, builtin};
use zhuji_protocol::texts::text_with;

/// What to do.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The built-in policies.
    List {
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// One policy in words.
    Show {
        /// A built-in id or a file.
        policy: String,
    },
    /// The faults of a file.
    Check {
        /// The file.
        file: String,
    },
}

/// Does what was asked.
///
/// # Errors
/// With the faults of a policy, or when there is none of that name.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    match args.what {
        What::List { format } => list(format, context),
        What::Show { policy } => {
            for line in page::lines(&read(&policy, context)?, context.language) {
                println!("{line}");
            }
            Ok(())
        }
        What::Check { file } => {
            let policy = read(&file, context)?;
            let counts = [
                ("id", policy.id.clone()),
                ("rules", policy.rules.len().to_string()),
                ("forms", policy.forms.len().to_string()),
                ("digest", hex(&policy.digest())),
            ];
            println!("{}", text_with(context.language, "policy-checked", &counts));
            Ok(())
        }
    }
}

fn list(format: Format, context: &Context) -> Result<(), Failure> {
    let mut listing = Listing::new(&["policy", "name", "document", "effective", "unit", "rules", "forms"]);
    for id in builtin::ids() {
        let policy = read(id, context)?;
        listing.row::<Value>(vec![
            json!(policy.id),
            json!(policy.title),
            json!(policy.document),
            json!(policy.effective),
            json!(policy.unit),
            json!(policy.rules.len()),
            json!(policy.forms.len()),
        ]);
    }
    listing.print(format, context.language).map_err(|error| Failure::Unexpected(error.into()))
}

/// The policy that an argument names; its faults come with an arrow under the word.
fn read(argument: &str, context: &Context) -> Result<Policy, Failure> {
    let file =
        PolicyFile::open(argument).map_err(|fault| Failure::Lines(vec![fault.located(context.language)]))?;
    file.read(Calendar::shipped()).map_err(|faults| Failure::Lines(file.shown(&faults, context.language)))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
