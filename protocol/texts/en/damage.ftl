# A store that is damaged, or may not be written

store-advice-which-file = the store is { $path }
store-advice-check = the store is { $path }; check it with { $program } verify
store-advice-perhaps-damaged = if { $path } was such a store, its beginning is damaged: restore it from a backup ({ $program } restore)
store-advice-go-on-without = the store { $path } is not as { $program } wrote it: restore it from a backup ({ $program } restore), or, where there is none, make a new one and enrol it anew ({ $program } init, { $program } enrol)
verify-other-policy = a policy is not the text that was published or chosen (found after entry { $entry })
