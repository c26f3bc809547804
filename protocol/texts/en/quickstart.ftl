quickstart-starting = starting: { $place }
quickstart-level = [{ $name }] roll-up of { $period }
quickstart-proof = proof: the sum of what { $nodes } nodes recorded = what the top shows
quickstart-ready = { $seconds } s, { $processes } processes, { $mebibytes } MiB resident in all
quickstart-try = what to try next, in another terminal: see what is due; cut a node off, record a contact, let it come back and watch it arrive
quickstart-keep = Ctrl-C stops everything
quickstart-stopped = everything has stopped
