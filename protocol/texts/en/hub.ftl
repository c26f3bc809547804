help-hub = Zhuji hub: receives the figures of the offices below and passes them up, level by level

help-hub-completions = print a script that completes commands in a shell
