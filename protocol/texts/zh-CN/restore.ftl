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

help-hub-aside = 恢复备份之后有待处理的内容
help-hub-aside-list = 列出恢复备份之前已上报、现已缺失的月份
help-hub-aside-settle = 确认下级的月份现在的数字无误，不再提示
arg-hub-aside-settle-month = 月份，如 2026-04；不填为该下级的全部月份
word-no-month = 月份应写作 2026-04
hub-aside-settled = 已确认 { $count } 个月份
column-replica = 由谁处理
column-month = 月份
column-scope = 范围
column-figure = 项目
column-known = 此前已上报
column-now = 现有
scope-own = 本单位
scope-subtree = 含下级
recorded-contacts = 联系记录
recorded-services = 服务记录
recorded-events = 重大事项
recorded-cases = 诉求
recorded-leaders = 领导
recorded-talents = 人才
recorded-pairings = 结对
recorded-cases-received = 已收到的诉求
recorded-cases-accepted = 已受理的诉求
recorded-cases-dispatched = 已派单的诉求
recorded-cases-delivered = 已送达的诉求
recorded-cases-answered = 已办结答复的诉求
recorded-cases-fed-back = 已反馈的诉求
recorded-duties-done = 已完成的职责
handed-down-3 = 名录条目（上级恢复后未再下发，这里继续有效）
handed-down-4 = 制度（上级恢复后未再下发，这里继续有效）
handed-down-5 = 制度指定（上级恢复后未再下发，这里继续有效）
handed-down-6 = 放假通知（上级恢复后未再下发，这里继续有效）
handed-down-7 = 上级的公钥（上级恢复后未再下发，这里继续有效）
fleet-fork-below = 注意：{ $unit }（{ $role }）有两份数据以同一身份上报，两份均暂不接收。请确定哪一份正确，用 zhuji-hub token issue --unit { $unit } --role { $role } 签发凭证，在正确的一份上执行 enrol，停用另一份。
fleet-aside = { $unit }（{ $role }）恢复备份之后缺 { $count } 项，用 zhuji-hub aside list 查看

help-node-aside = 恢复备份之前已上报、现已缺失的月份
help-node-aside-list = 逐月列出此前已上报的和现有的
help-node-aside-settle = 确认某月现有的记录无误，不再提示
arg-node-month = 月份，如 2026-04
aside-settled = 已确认 { $month } 的记录无误，下次同步时告知枢纽
aside-nothing-missed = { $month } 没有缺失
aside-what-to-do = 以上在恢复备份之前已上报、现已缺失：请重新录入；核对无误的用 zhuji-node aside settle 月份 确认
column-missing = 恢复后缺失
column-handed_down = 枢纽恢复后未再下发
act-confirm = 确认
hub-restore-rulings = 已按备份之后的处理决定，重新停用、吊销或恢复 { $count } 个下级
fleet-forked = { $unit }（{ $role }）有两份数据以同一身份上报，两份都暂不接收。请确定哪一份正确：在这里执行 zhuji-hub token issue --unit { $unit } --role { $role }，在正确的一份上用该凭证执行 enrol，停用另一份
hub-restore-lost = 原数据文件里还有备份之后由本枢纽写下的 { $count } 项内容，请重新录入：
written-3 = 名录条目
written-4 = 制度
written-5 = 制度指定
written-6 = 放假通知
