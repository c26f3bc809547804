help-hub = 逐级枢纽：接收下级汇总，逐级上报

help-hub-completions = 输出命令补全脚本
