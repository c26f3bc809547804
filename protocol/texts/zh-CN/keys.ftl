help-hub-suspend = 暂停一个节点或下级枢纽，立即断开连接；可用 resume 恢复
help-hub-resume = 恢复被暂停的节点或下级枢纽；解除禁止
help-hub-ban = 禁止一个节点或下级枢纽接入：其密钥作废，解除禁止之前不再签发凭证
help-hub-retire = 停用一个节点或下级枢纽（单位撤并、不再上报）：不再列入应报，已报数据照常计入
help-hub-revoke = 吊销一个节点或下级枢纽的密钥（例如机器失窃），立即断开连接；可凭新凭证重新接入
arg-hub-reason = 原因，记入审计记录；请勿填写人员姓名

ruled-suspended = 已暂停 { $replica }；可用 zhuji-hub resume 恢复
ruled-active = 已恢复 { $replica }；对方将在数小时内自动接入，也可在对方运行 sync --once 立即接入
ruled-banned = 已禁止 { $replica }；可用 zhuji-hub resume 解除禁止
ruled-retired = 已停用 { $replica }：不再列入应报，已报数据照常计入
ruled-revoked = 已吊销 { $replica }；如需重新接入，请用 zhuji-hub token issue --unit { $unit } 签发凭证
ruled-unbanned = 已解除对 { $replica } 的禁止；原有密钥仍然作废，请用 zhuji-hub token issue --unit { $unit } 签发凭证
ruling-unfit-active = { $replica } 既未暂停也未禁止，无需恢复
ruling-unfit-suspended = { $replica } 已处于暂停状态；可用 zhuji-hub resume 恢复
ruling-unfit-banned = { $replica } 已被禁止；可用 zhuji-hub resume 解除禁止
ruling-unfit-retired = { $replica } 已停用；签发新凭证（zhuji-hub token issue --unit { $unit }）可使该单位重新接入
ruling-unfit-revoked = { $replica } 已被吊销；签发新凭证（zhuji-hub token issue --unit { $unit }）可使其重新接入
no-token-suspended = { $replica } 处于暂停状态，不签发凭证；请用 zhuji-hub resume --unit { $unit } 恢复
no-token-banned = { $replica } 已被禁止，不签发凭证；请先用 zhuji-hub resume --unit { $unit } 解除禁止
malformed-reason = 原因请写在一行之内，不超过 200 字

fleet-standing-suspended = 已暂停
fleet-standing-banned = 已禁止
fleet-standing-retired = 已停用

revocations-unreadable = 无法读取停用名单 { $path }：{ $what }
revocations-malformed = 停用名单 { $path } 第 { $line } 行被改动过；如无法更正，请删去该行
revocations-unwritable = 无法写入数据文件旁的停用名单，未做任何更改：{ $what }
link-close-key-replaced = 本数据文件早于最近一次换发密钥（由备份恢复或复制而来）：请向上级领取新凭证，重新办理接入
hub-store-key-unfit = { $replica } 申请证书所用的密钥已作废、属于他人或数量过多
hub-answers-too-late = 正在运行的枢纽在 { $seconds } 秒内没有应答；命令可能仍会执行：请先用 zhuji-hub audit 核对并查看日志再重试，如已卡死请重启枢纽
fleet-standing-forked = 被复制：有两份数据，请为正确的一份重新登记
ruling-unfit-forked = 有两份数据以 { $replica } 的身份上报；签发新凭证（zhuji-hub token issue --unit { $unit }）可使正确的一份重新接入
