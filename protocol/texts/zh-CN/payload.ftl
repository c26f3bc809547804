payload-order = 内容的次序不对；请升级对方程序
payload-figure = 内容里的数字无法计数；请升级对方程序
payload-zero = 含有为零的条目；为零者不应单列
payload-date = 内容里的日期不在 1900 至 2199 年之间
payload-word = 内容里有不认识的词；请升级本机程序
