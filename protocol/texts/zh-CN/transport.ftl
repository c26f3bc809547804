identity-key-malformed = 保存的密钥已损坏，无法读取；请从备份恢复
identity-certificate-unreadable = 对方的证书无法读取
identity-certificate-other-key-kind = 证书的密钥不是 Ed25519
identity-certificate-foreign-authority = 对方的证书不是由预期的枢纽签发的；请核对地址，必要时重新领取令牌
identity-certificate-no-replica = 证书没有写明是哪个单位的节点或枢纽
identity-certificate-no-authority = 这不是枢纽的签发证书
identity-certificate-other-replica = 对方是 { $found }，应为 { $expected }；请核对地址
identity-authority-key-of-another = 枢纽的签发密钥与签发证书不相符；请从同一份备份恢复
identity-authority-date-out-of-range = 系统日期超出证书可表示的范围；请校正系统时间
identity-authority-unmade = 证书生成失败：{ $what }
identity-request-unreadable = 证书申请无法读取
identity-request-not-its-key = 证书申请没有用其自身的密钥签名
identity-request-unmade = 证书申请生成失败：{ $what }
identity-address-malformed = “{ $text }”不是地址；应写作 主机:端口，例如 hub.example.cn:7443
identity-token-none = 这不是入网令牌；令牌以 zhuji1. 开头，由上级枢纽的 token issue 命令给出
identity-token-newer = 这个令牌由更新版本的程序签发；请先升级本程序
identity-token-truncated = 令牌不完整，末尾有缺失；请重新完整复制
identity-token-mistyped = 令牌中有字符与原文不符；请重新复制，不要手工抄写
identity-token-other-unit = 令牌是发给单位 { $token } 的，而本机属于单位 { $own }
identity-token-other-role =
    { $token ->
        [hub] 令牌是发给枢纽的，而本程序是节点
       *[node] 令牌是发给节点的，而本程序是枢纽
    }
identity-enrol-unknown-token = 枢纽没有签发过这个令牌，或已将其收回；请向上级重新领取
identity-enrol-expired-token = 令牌已过期；请向上级重新领取
identity-enrol-used-token = 令牌已被使用过；每个令牌只能使用一次，请向上级重新领取
identity-enrol-other-unit = 令牌是发给另一个单位的
identity-enrol-other-role = 令牌是发给本单位另一种程序（节点或枢纽）的
identity-enrol-bad-request = 枢纽无法读取本机的证书申请；两边程序的版本可能不一致
identity-enrol-busy = 枢纽正忙，请在 { $seconds } 秒后重试
identity-enrol-hub-fault = 枢纽内部出错，未能办理入网；请稍后重试，或请枢纽管理员查看日志
transport-endpoint-socket = 无法使用网络端口：{ $what }
transport-endpoint-tls = 本机的密钥或证书无法使用：{ $what }
transport-dial-unresolved = 找不到上级枢纽的地址 { $address }；请核对地址和网络
transport-dial-no-answer = 上级枢纽没有应答；请核对地址、端口和防火墙（UDP）
transport-dial-other-hub = 应答的不是要找的枢纽：{ $what }
transport-dial-unwelcome = 上级枢纽不接受本机的证书；请向上级重新领取令牌并入网
transport-dial-broken = 与上级枢纽的连接未能建立：{ $what }
transport-handshake-broken = 来访连接未能建立：{ $what }
transport-handshake-nameless = 来访方没有出示证书就要求建立链路
