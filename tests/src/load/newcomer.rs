//! Letting replicas in: with tokens that were given, or that a hub's own command issues.

use super::Identity;
use anyhow::{Context, Result, anyhow, ensure};
use chrono::Utc;
use std::path::Path;
use std::process::Command;
use zhuji_protocol::identity::{EnrolmentToken, ReplicaKey};
use zhuji_protocol::transport::{DialEndpoint, EndpointOptions, enrolment, random_bytes, socket};
use zhuji_protocol::wire::close::CloseCode;

/// Enrols the replica that a token is for, under a fresh key. Called within a tokio runtime.
///
/// # Errors
/// The token is none, or the hub says no.
pub async fn enrol(token: &str) -> Result<Identity> {
    let token = EnrolmentToken::parse(token).map_err(|fault| anyhow!("{fault}"))?;
    let seed = random_bytes();
    let key = ReplicaKey::from_seed(&seed)?;
    let endpoint = DialEndpoint::open(socket::dialler()?, &EndpointOptions::default())
        .map_err(|fault| anyhow!("{fault}"))?;
    let enrolled = enrolment::enrol(&endpoint, &token, &key, env!("CARGO_PKG_VERSION"), Utc::now()).await;
    endpoint.close(CloseCode::Done).await;
    let enrolled = enrolled.map_err(|fault| anyhow!("{} was not let in: {fault}", token.target))?;
    Ok(Identity {
        replica: token.target.clone(),
        seed,
        certificate: enrolled.certificate,
        authority: enrolled.authority,
        hub: enrolled.hub,
        address: token.address,
    })
}

/// A token for a unit's node, from the hub's own command on its store.
///
/// # Errors
/// The command refuses.
pub fn issued(program: &Path, store: &Path, unit: &str) -> Result<String> {
    let mut command = Command::new(program);
    command.arg("--store").arg(store).args(["token", "issue", "--unit", unit, "--role", "node"]);
    let output = command.output().with_context(|| program.display().to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "no token for {unit}: {said}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
