//! Logs go to standard error, so that what a command answers stays alone on standard output.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Logs warnings and worse; `ZHUJI_LOG` asks for more (`info`, `zhuji_hub=debug`).
pub fn log_to_standard_error() {
    let filter = EnvFilter::builder()
        .with_env_var("ZHUJI_LOG")
        .with_default_directive(LevelFilter::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
