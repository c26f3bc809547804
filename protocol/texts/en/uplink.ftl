help-node-enrol = enrol with a token that a hub issued
help-node-run = run the sync daemon until it is stopped
help-node-sync = sync with the hub
arg-node-enrol-token = the token that the hub issued
arg-node-sync-once = one exchange; to keep in touch, use run

enrolled = enrolled under hub { $hub }
synced = synced with the hub
daemon-runs = the sync daemon of { $unit } runs
daemon-runs-already = a sync daemon runs on this store already; one at a time
sync-not-served = the running daemon did not sync within a minute; see status for the reason
