# zhuji-node：命令说明与提示

help-node = 逐级·节点：在本单位登记联系服务人才工作，断网也能一直用
help-node-completions = 输出命令补全脚本

arg-store = 数据文件
arg-operator = 经办人姓名，记入审计
arg-today = 以这一天为今天（演练用）
arg-shell = 终端种类

store-not-named = 没有指明数据文件：请用 --store 文件，或设环境变量 ZHUJI_STORE


store-not-there = 没有数据文件 { $path }；新建请用 zhuji-node init
store-already-there = { $path } 已经存在，不会覆盖
store-no-store = { $path } 不是本程序的数据文件
store-damaged = 数据文件 { $path } 已损坏（不完整或内容对不上），请用备份恢复
store-newer = 数据文件 { $path } 由更新的程序写成（格式 { $found }，本程序只认识到 { $known }），请升级程序
store-busy = 另一个程序正在写数据文件，请稍后再试
store-disk-full = 磁盘已满，没有写入任何内容；请腾出空间后重试
store-not-allowed = 无权读写 { $path } 或其所在文件夹
store-still-referred-to = { $id } 还被别的记录引用，不能删去
record-unknown = 没有编号为 { $id } 的记录
