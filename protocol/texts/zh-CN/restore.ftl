# 备份与恢复

help-node-backup = 备份数据文件；程序运行时也可以做，做完读回核对
help-node-restore = 用备份恢复数据文件；原文件改名保留
arg-node-backup-file = 备份存放的文件，不能已经存在
arg-node-backup = 备份文件

backup-made = 已备份到 { $path }：{ $name }（{ $unit }），截至 { $until }，记录 { $records } 条，审计 { $entries } 条，{ $size } KiB；已读回核对
restore-done = 已恢复 { $path }：{ $name }（{ $unit }），截至 { $until }，记录 { $records } 条，审计 { $entries } 条
restore-kept = 原来的数据文件保留为 { $path }
restore-next =
    接下来：
    1. 启动 zhuji-node run，或执行 zhuji-node sync --once，把全部数据重新上报一遍；
    2. 用 zhuji-node status 查看备份之后曾经上报、现已缺失的月份，并重新录入；
    3. 如果枢纽拒绝连接，请上级重新签发登记凭证，再执行 zhuji-node enrol。
restore-in-use = 后台程序正在使用这个数据文件；请先停止 zhuji-node run，再恢复
store-trail-broken = { $path } 的审计链在第 { $entry } 条断开，不能用作备份
store-other-office = 备份属于单位 { $copy }，而这里是单位 { $there } 的数据文件；请另选文件名
store-itself = { $path } 就是要恢复的数据文件本身
kind-store = 数据文件
act-backup = 备份
act-restore = 恢复

help-hub-backup = 备份枢纽的数据文件；枢纽运行时也可以做，做完读回核对
help-hub-restore = 用备份恢复枢纽的数据文件；原文件改名保留
arg-hub-backup-file = 备份存放的文件，不能已经存在
arg-hub-backup = 备份文件
hub-backup-made = 已备份到 { $path }：枢纽 { $unit }，截至 { $until }，名录 { $units } 个单位，下级 { $children } 个，上报内容 { $items } 项，审计 { $entries } 条，{ $size } KiB；已读回核对
hub-restore-done = 已恢复 { $path }：枢纽 { $unit }，截至 { $until }，名录 { $units } 个单位，下级 { $children } 个，上报内容 { $items } 项，审计 { $entries } 条
hub-restore-tokens = 有 { $count } 个未用的登记凭证已作废，请重新签发
hub-restore-next =
    接下来：
    1. 启动 zhuji-hub serve：下级会把备份之后的汇总重新上报，本枢纽再全部上报一遍；
    2. 本枢纽在 { $until } 之后所做的制度指定、名录导入和放假通知不在备份里；下级继续按已收到的执行，请重新录入；
    3. 在那之后才登记的下级需要重新签发凭证；
    4. 用 zhuji-hub fleet 查看各下级的状况。
hub-restore-in-use = 枢纽正在使用这个数据文件；请先停止 zhuji-hub serve，再恢复
hub-store-unsound = { $path } 不能用作备份：{ $what }
hub-store-other-hub = 备份属于单位 { $copy } 的枢纽，而这里是单位 { $there } 的数据文件；请另选文件名
