quickstart-starting = 正在启动：{ $place }
quickstart-level = 【{ $name }】{ $period } 汇总
quickstart-proof = 核对：{ $nodes } 个节点各自记录之和 = 最上级汇总
quickstart-ready = 用时 { $seconds } 秒，{ $processes } 个进程，共占内存 { $mebibytes } MiB
quickstart-try = 接下来可以试一试（另开一个终端）：看待办；让一个节点断线，登记一次联系，再恢复，看它逐级上报
quickstart-keep = 按 Ctrl-C 停止全部进程
quickstart-stopped = 已全部停止
