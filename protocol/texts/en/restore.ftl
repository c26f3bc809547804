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

help-hub-aside = what restores left to be seen to
help-hub-aside-list = months of which more had been reported before a restore than is there now
help-hub-aside-settle = a child's months are right as they are: no longer shown
arg-hub-aside-settle-month = the month, such as 2026-04; all of this child's if absent
word-no-month = a month is written 2026-04
hub-aside-settled = { $count } months confirmed
column-replica = to be seen to by
column-month = month
column-scope = scope
column-figure = what
column-known = reported before
column-now = there now
scope-own = own
scope-subtree = with all below
recorded-contacts = contacts
recorded-services = services
recorded-events = events
recorded-cases = cases
recorded-leaders = leaders
recorded-talents = talents
recorded-pairings = pairings
recorded-cases-received = cases received
recorded-cases-accepted = cases accepted
recorded-cases-dispatched = cases dispatched
recorded-cases-delivered = cases delivered
recorded-cases-answered = cases answered
recorded-cases-fed-back = cases fed back
recorded-duties-done = duties done
handed-down-3 = directory entry (not sent again since the hub above was restored; still held here)
handed-down-4 = policy (not sent again since the hub above was restored; still held here)
handed-down-5 = assignment of a policy (not sent again since the hub above was restored; still held here)
handed-down-6 = notice of holidays (not sent again since the hub above was restored; still held here)
handed-down-7 = key of a hub above (not sent again since the hub above was restored; still held here)
fleet-fork-below = note: two stores speak as { $unit } ({ $role }), and both are kept out. Find out which one is right, issue a token (zhuji-hub token issue --unit { $unit } --role { $role }), run enrol with it on that one, and take the other out of use.
fleet-aside = { $unit } ({ $role }): missing since a restore: { $count }; zhuji-hub aside list shows what

help-node-aside = months of which more had been reported before a restore than is there now
help-node-aside-list = month by month, what had been reported and what is there
help-node-aside-settle = a month is right as it is: no longer shown
arg-node-month = the month, such as 2026-04
aside-settled = { $month } confirmed as it is; the hub is told with the next sync
aside-nothing-missed = nothing of { $month } is missing
aside-what-to-do = had been reported before the restore and is missing now: enter it again, or confirm a month that is right with zhuji-node aside settle MONTH
column-missing = missing since a restore
column-handed_down = not sent again by the restored hub
act-confirm = confirmed
hub-restore-rulings = { $count } children stand as was ruled after the backup was made
fleet-forked = { $unit } ({ $role }): two stores speak as it, and both are kept out. Find out which one is right; zhuji-hub token issue --unit { $unit } --role { $role } here, enrol with that token there, and take the other out of use
hub-restore-lost = the store that stood there has { $count } things that this hub wrote after the backup was made; enter them again:
written-3 = directory entry
written-4 = policy
written-5 = assignment of a policy
written-6 = notice of holidays
