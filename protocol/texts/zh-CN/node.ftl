# zhuji-node：命令说明与提示

help-node = 逐级·节点：在本单位登记联系服务人才工作，断网也能一直用
help-node-completions = 输出命令补全脚本

arg-store = 数据文件
arg-operator = 经办人姓名，记入审计
arg-today = 以这一天为今天（演练用）
arg-shell = 终端种类

store-not-named = 没有指明数据文件：请用 --store 文件，或设环境变量 ZHUJI_STORE

date-shape = 日期应写作 2026-03-02、2026/3/2 或 2026.3.2
date-no-such-day = 没有这一天
date-out-of-range = 年份应在 1900 至 2199 之间
