calendar-missing-column = 缺少“{ $column }”列
calendar-unreadable = 此行不是规范的 CSV
calendar-no-date = “{ $found }”不是日期，应写作 2026-10-01，年份在 1900 至 2199 之间
calendar-empty = “{ $column }”未填写
calendar-not-true-or-false = “{ $found }”应为 true（放假）或 false（上班）
calendar-no-year = “{ $found }”不是通知的年份，应为该日期当年或相邻的一年
calendar-repeated = { $found } 重复列出
calendar-no-rows = 文件中没有任何日期

note-no-festival = { $year } 年没有节日“{ $festival }”的日期（尚无当年放假通知，或通知中没有这个节日，或当年没有这一天）

explain-no-rule = 制度中没有规则“{ $rule }”
explain-no-verdict = 在所查期间内，规则“{ $rule }”对“{ $subject }”没有判定
explain-several = 有多条判定符合，请用 --item 和 --period 指明其中一条：{ $fitting }

step-weekday = { $weekday ->
    [mon] 星期一
    [tue] 星期二
    [wed] 星期三
    [thu] 星期四
    [fri] 星期五
    [sat] 星期六
   *[sun] 星期日
}

step-rule = { $title }（{ $clause }）
step-assumed = 本条含文件未写明而选定的内容：{ $why }
step-assumed-keys = 本条的 { $keys } 为文件未写明而选定：{ $why }
step-start-effective = 自制度施行之日 { $on } 起算
step-start-taken-up = 自 { $on } 起算：本人起始日期 { $from } 与制度施行日期 { $effective } 中较晚的一个
step-start-active = 自 { $on } 起算：本期内制度施行且对象在册的第一天
step-start-in-force = 自 { $on } 起算：本期内制度施行的第一天
step-start-occasion = 自 { $on } 起算：{ $occasion } 之前 { $days } 天
step-start-case = 自 { $on } 起算：这一天{ $step ->
    [received] 收到
    [accepted] 受理
    [dispatched] 派单
    [delivered] 送达
    [answered] 办结答复
   *[fed-back] 反馈
}
step-start-happened = 自 { $on } 起算：事件在这一天发生
step-start-anniversary = 自 { $on } 起算：结对起始日 { $base } 满 { $years } 年之日（{ $anniversary }）前 180 天
step-start-cycle = 自 { $on } 起算：制度统一起始日 { $base } 满 { $years } 年之日（{ $anniversary }）前 180 天
step-start-leader-left = 自 { $on } 起算：领导任期于 { $to } 结束，次日起算
step-limit-grace = 期限：起算日之后 { $count } 天
step-limit-period-end = 期限：本期最后一天
step-limit-last-active = 期限：本期内对象在册的最后一天
step-limit-occasion = 期限：当日之后 { $count } 天
step-limit-before-occasion = 期限：当日之前 { $count } 天
step-limit-working-days = 期限：起算日之后第 { $count } 个工作日（起算日不计）
step-limit-days = 期限：起算日之后 { $count } 天，即 { $on }
step-limit-months = 期限：起算日之后 { $count } 个月，即 { $on }
step-limit-after-period = 期限：本期结束后 { $count } 天
step-limit-month-day = 期限：规则写明的月日
step-limit-named = 期限：规则写明的日期
step-limit-anniversary = 期限：满期之日后 { $count } 天
step-limit-leader-left = 期限：领导任期结束后 { $count } 天
step-counted = { $on }（{ step-weekday }）计为第 { $number } 个工作日
step-counted-notice = { $on }（{ step-weekday }）计为第 { $number } 个工作日：{ $year } 年放假通知（{ $holiday }）安排上班
step-skipped = { $on }（{ step-weekday }）周末，不计
step-skipped-notice = { $on }（{ step-weekday }）不计：{ $year } 年放假通知（{ $holiday }）安排放假
step-rolled = { $from } 不是工作日，顺延至 { $to }
step-due = 到期日 { $on }
step-due-provisional = 到期日 { $on }（暂定：所涉年份尚无放假通知，通知发布后重新计算）
step-required-one = 应完成 1 次
step-required-at-least = 至少 { $min }
step-required-between = 不少于 { $min }，不多于 { $max }
step-required-whole = 应完成 { $required } 次：整期在册
step-required-share = 应完成 { $required } 次：{ $min } × { $active } ÷ { $days } = { $exact }，四舍五入
step-required-full = 应完成 { $required } 次：本期 { $days } 天中在册 { $active } 天，按整期要求
step-record = 计入{ $record ->
    [talent] 人才退出
    [pairing] 结对
    [contact] 联系记录
    [case] 办理步骤，诉求
    [event] 报告，事件
    [service] 服务记录
    [report] 上报件
    [liaison] 联络员，单位
   *[review] 名册复核，单位
} { $id }，{ $on }
step-status-exempt = 免予考核：{ $reason }
step-status-holds = 符合：截至 { $as-of }，要求 { $required }，实有 { $actual }
step-status-in-time = 按时完成：{ $done } 完成
step-status-after-due = 逾期完成：{ $done } 完成，晚于到期日
step-status-not-yet-due = 待办：截至 { $as-of } 尚未到期，要求 { $required }，已有 { $actual }
step-status-aim = 努力方向：要求 { $required }，实有 { $actual }，不计逾期
step-status-past-due = 逾期未完成：截至 { $as-of }，要求 { $required }，实有 { $actual }

help-node-evaluate = 用一份制度评判一个文件夹里的事实记录（试算、核对）
help-node-explain = 逐步说明一条判定的由来：默认查本单位今天的判定，也可指明制度和事实文件夹
help-node-workdays = 按放假通知推算工作日
help-node-workdays-add = 某日之后第 N 个工作日（当日不计；N 为 0 即当日）
help-node-workdays-between = A 之后至 B（含）有多少个工作日
arg-node-evaluate-policy = 制度：内置制度的编号，或文件（含“/”或以 .toml 结尾）
arg-node-evaluate-facts = 事实文件夹（CSV）
arg-node-evaluate-as-of = 以哪一天为准
arg-node-evaluate-from = 自哪一天起评判，默认上一年 1 月 1 日
arg-node-evaluate-calendar = 较新的放假通知文件
arg-node-explain-policy = 制度：内置制度的编号，或文件（含“/”或以 .toml 结尾）
arg-node-explain-facts = 事实文件夹（CSV）
arg-node-explain-as-of = 以哪一天为准
arg-node-explain-from = 自哪一天起评判，默认上一年 1 月 1 日
arg-node-explain-calendar = 较新的放假通知文件
arg-node-explain-rule = 规则编号
arg-node-explain-subject = 对象编号
arg-node-explain-item = 事项（有多条判定时）
arg-node-explain-period = 期间（有多条判定时）
arg-node-workdays-calendar = 较新的放假通知文件
arg-node-workdays-add-date = 起算日
arg-node-workdays-add-count = 工作日数
arg-node-workdays-between-after = 起始日（不计）
arg-node-workdays-between-through = 终止日（计入）

evaluate-from-after-as-of = --from { $from } 晚于 --as-of { $as-of }
workdays-wrong-order = { $after } 晚于 { $through }
input-not-there = 没有这个文件或文件夹
input-unreadable = 无法读取：{ $why }
input-not-utf8 = 文件不是 UTF-8

column-rule = 规则
column-kind = 类型
column-clause = 条款
column-subject_type = 对象类型
column-subject_id = 对象
column-item = 事项
column-period = 期间
column-start = 起算
column-due = 到期
column-done = 完成
column-required = 要求
column-actual = 实有
column-status = 状态
column-assumed = 选定
column-calendar = 日历
column-expected = 应完成
column-met = 按时
column-late = 逾期完成
column-overdue = 逾期
column-pending = 待办
column-exempt = 免予
column-step = 步骤
column-date = 日期
column-text = 说明

status-met = 按时
status-late = 逾期完成
status-overdue = 逾期
status-pending = 待办
status-exempt = 免予
status-mark-assumed = （选定）
status-mark-plain = （暂定）

step-word-rule = 规则
step-word-assumed = 选定
step-word-start = 起算
step-word-limit = 期限
step-word-counted = 计入
step-word-skipped = 不计
step-word-rolled = 顺延
step-word-due = 到期
step-word-required = 要求
step-word-record = 记录
step-word-status = 判定
