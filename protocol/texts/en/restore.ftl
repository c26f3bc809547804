# Backup and restore

help-node-backup = copy the store, also while the program runs, and read the copy back
help-node-restore = put a backup in the store's place; what stands there is kept under another name
arg-node-backup-file = where the backup is to stand; nothing may be there yet
arg-node-backup = the backup

backup-made = backed up to { $path }: { $name } ({ $unit }), until { $until }, { $records } records, { $entries } audit entries, { $size } KiB; read back and found whole
restore-done = restored { $path }: { $name } ({ $unit }), until { $until }, { $records } records, { $entries } audit entries
restore-kept = the store that stood there is kept as { $path }
restore-next =
    What comes next:
    1. start zhuji-node run, or run zhuji-node sync --once: everything is reported again;
    2. zhuji-node status shows the months that had been reported after the backup and are missing now: enter them again;
    3. if the hub turns this office away, ask for a new token there and run zhuji-node enrol.
restore-in-use = the daemon is using this store: stop zhuji-node run first
store-trail-broken = the audit trail of { $path } breaks at entry { $entry }: it cannot serve as a backup
store-other-office = the backup is of unit { $copy }, and the store here of unit { $there }: name another file
store-itself = { $path } is the very store that is to be restored
kind-store = store
act-backup = backed up
act-restore = restored
