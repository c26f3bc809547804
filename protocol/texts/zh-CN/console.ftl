fault-unexpected = 意外错误：{ $what }

arguments-usage = 用法：
arguments-commands = 命令：
arguments-options = 选项：
arguments-values = 参数：
arguments-choices = （可选：{ $words }）
arguments-default = （默认：{ $word }）
arguments-environment = （环境变量：{ $name }）
arguments-malformed = { $argument }：“{ $value }”不能用：{ $why }
arguments-no-value = { $argument } 后面缺少内容
arguments-invalid-value = { $argument }：“{ $value }”不能用，可选：{ $words }
arguments-unknown = 没有选项“{ $argument }”
arguments-unknown-command = 没有命令“{ $command }”
arguments-missing = 缺少必填内容：{ $argument }
arguments-conflict = { $argument } 与 { $other } 不能同时使用
arguments-number-of-values = { $argument } 的内容个数不对
arguments-did-you-mean = 是否想用：{ $word }
arguments-see-help = 加上 --help 可以查看说明
arguments-language = 没有语言“{ $tag }”，可选 zh（中文）或 en（英文）

arg-help = 显示说明
arg-version = 显示版本
arg-lang = 界面语言：zh 中文，en 英文
arg-format = 列表格式：table 表格，json，csv
date-shape = 日期应写作 2026-03-02、2026/3/2 或 2026.3.2
date-no-such-day = 没有这一天
date-out-of-range = 年份应在 1900 至 2199 之间
