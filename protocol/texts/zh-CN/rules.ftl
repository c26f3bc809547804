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
explain-several = 有多条判定符合，请用 --item 和 --period 指明其中一条：
    { $fitting }

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
