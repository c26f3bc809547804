# zhuji-node: helps of commands, and what they tell

help-node = Zhuji node: records the work of liaison with talents at an office, with or without a network
help-node-completions = Print a script for a shell's completion

arg-store = The store's file
arg-operator = Who acts, for the audit trail
arg-today = Take this day for today (for rehearsals)
arg-shell = The shell

store-not-named = no store was named: use --store FILE, or set ZHUJI_STORE


store-not-there = there is no store { $path }; zhuji-node init makes one
store-already-there = { $path } exists already and is not overwritten
store-no-store = { $path } is no store of this program
store-damaged = the store { $path } is damaged (cut off, or its content does not fit); restore it from a backup
store-newer = the store { $path } was written by a newer program (format { $found }, known here up to { $known }); upgrade this one
store-busy = another program is writing to the store; try again in a moment
store-disk-full = the disk is full and nothing was written; make room and try again
store-not-allowed = { $path } or its folder may not be read or written
store-still-referred-to = other records still refer to { $id }, so it cannot be removed
record-unknown = there is no record { $id }
