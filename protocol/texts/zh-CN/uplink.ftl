help-node-enrol = 用枢纽签发的凭证登记
help-node-run = 运行同步程序，直到停止
help-node-sync = 与枢纽同步
arg-node-enrol-token = 枢纽签发的凭证
arg-node-sync-once = 只同步一次；需要一直同步时请用 run

enrolled = 已登记到枢纽 { $hub }
synced = 已与枢纽同步
daemon-runs = { $unit } 的同步程序已启动
daemon-runs-already = 这个数据文件的同步程序已在运行；同一个数据文件只能运行一个
sync-not-served = 正在运行的同步程序没有在一分钟内完成同步；请用 status 查看原因
