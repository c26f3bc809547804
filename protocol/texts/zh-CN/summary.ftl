fault-summary-absurd = 数字 { $found } 超出上限 { $most }；请核对该月记录
fault-summary-negative = 汇总中有负数；请升级下级程序后重新上报
fault-summary-too-many-keys = 汇总有 { $found } 项，超出上限 { $most }
fault-summary-unknown-policy = 制度 { $policy } 没有指定给该单位；请等待制度下发，或由枢纽用 policy assign 指定
fault-summary-unknown-rule = 制度 { $policy } 没有规则 { $rule }；请等待新版制度下发
fault-summary-unknown-key = 制度 { $policy } 的词表没有汇总所用的词；请等待新版制度下发
fault-summary-misplaced = 时点数与时期数放错了位置；请升级下级程序后重新上报
