calendar-missing-column = 缺少“{ $column }”列
calendar-unreadable = 此行不是规范的 CSV
calendar-no-date = “{ $found }”不是日期，应写作 2026-10-01，年份在 1900 至 2199 之间
calendar-empty = “{ $column }”未填写
calendar-not-true-or-false = “{ $found }”应为 true（放假）或 false（上班）
calendar-no-year = “{ $found }”不是通知的年份，应为该日期当年或相邻的一年
calendar-repeated = { $found } 重复列出
calendar-no-rows = 文件中没有任何日期

note-no-festival = { $year } 年没有节日“{ $festival }”的日期（尚无当年放假通知，或通知中没有这个节日，或当年没有这一天）
