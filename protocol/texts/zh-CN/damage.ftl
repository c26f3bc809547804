# 数据文件损坏或不可写

store-advice-which-file = 数据文件：{ $path }
store-advice-check = 数据文件：{ $path }；请用 { $program } verify 核对
store-advice-perhaps-damaged = 如 { $path } 原为本程序的数据文件，则其开头已损坏，请从备份恢复（{ $program } restore）
store-advice-go-on-without = 数据文件 { $path } 的内容与 { $program } 写入的不符：请从备份恢复（{ $program } restore）；没有备份的，请新建数据文件并重新登记（{ $program } init、{ $program } enrol）
verify-other-policy = 某项制度的文本与发布或选定的不一致（核对至第 { $entry } 条后发现）
