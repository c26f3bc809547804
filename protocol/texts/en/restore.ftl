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

help-hub-backup = copy the hub's store, also while the hub runs, and read the copy back
help-hub-restore = put a backup in the store's place; what stands there is kept under another name
arg-hub-backup-file = where the backup is to stand; nothing may be there yet
arg-hub-backup = the backup
hub-backup-made = backed up to { $path }: hub { $unit }, until { $until }, { $units } units in the directory, { $children } children, { $items } items reported, { $entries } audit entries, { $size } KiB; read back and found whole
hub-restore-done = restored { $path }: hub { $unit }, until { $until }, { $units } units in the directory, { $children } children, { $items } items reported, { $entries } audit entries
hub-restore-tokens = { $count } tokens that nobody had used are withdrawn: issue new ones
hub-restore-next =
    What comes next:
    1. start zhuji-hub serve: children report again what came after the backup, and this hub reports everything again;
    2. what this hub assigned, imported or published after { $until } is not in the backup; children go on by what they have: enter it again;
    3. whoever enrolled for the first time after that needs a new token;
    4. zhuji-hub fleet shows how each child stands.
hub-restore-in-use = a hub is using this store: stop zhuji-hub serve first
hub-store-unsound = { $path } cannot serve as a backup: { $what }
hub-store-other-hub = the backup is of the hub of unit { $copy }, and the store here of unit { $there }: name another file
