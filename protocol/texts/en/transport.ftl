identity-key-malformed = the kept key is damaged and cannot be read; restore it from a backup
identity-certificate-unreadable = the peer's certificate cannot be read
identity-certificate-other-key-kind = the certificate's key is not Ed25519
identity-certificate-foreign-authority = the peer's certificate was not issued by the expected hub; check the address, and ask for a new token if need be
identity-certificate-no-replica = the certificate does not say which unit's node or hub it is for
identity-certificate-no-authority = this is not a hub's issuing certificate
identity-certificate-other-replica = the peer is { $found }, not { $expected }; check the address
identity-authority-key-of-another = the hub's issuing key and its issuing certificate do not belong together; restore both from one backup
identity-authority-date-out-of-range = the system date is outside what a certificate can say; set the clock
identity-authority-unmade = the certificate could not be made: { $what }
identity-request-unreadable = the certificate request cannot be read
identity-request-not-its-key = the certificate request is not signed with its own key
identity-request-unmade = the certificate request could not be made: { $what }
identity-address-malformed = "{ $text }" is no address; write host:port, such as hub.example.cn:7443
identity-token-none = this is no enrolment token; tokens begin with zhuji1. and come from `token issue` at the hub above
identity-token-newer = a newer program issued this token; upgrade this program first
identity-token-truncated = the end of the token is missing; copy it again, all of it
identity-token-mistyped = some characters of the token are not as issued; copy it again rather than typing it
identity-token-other-unit = the token is for unit { $token }, and this store is unit { $own }'s
identity-token-other-role =
    { $token ->
        [hub] the token is for a hub, and this program is a node
       *[node] the token is for a node, and this program is a hub
    }
identity-enrol-unknown-token = the hub issued no such token, or withdrew it; ask the hub above for a new one
identity-enrol-expired-token = the token has expired; ask the hub above for a new one
identity-enrol-used-token = the token was used already; each serves once, ask the hub above for a new one
identity-enrol-other-unit = the token is for another unit
identity-enrol-other-role = the token is for this unit's other program (node or hub)
identity-enrol-bad-request = the hub cannot read this replica's certificate request; the two programs' versions may not match
identity-enrol-busy = the hub is busy, try again in { $seconds } seconds
identity-enrol-hub-fault = the hub failed and did not enrol this replica; try again later, or have the hub's log looked at
transport-endpoint-socket = the network port cannot be used: { $what }
transport-endpoint-tls = this replica's key or certificate cannot be used: { $what }
transport-dial-unresolved = the address { $address } of the hub above is unknown; check the address and the network
transport-dial-no-answer = the hub above does not answer; check address, port and firewall (UDP)
transport-dial-other-hub = who answered is not the hub that was meant: { $what }
transport-dial-unwelcome = the hub above does not accept this replica's certificate; ask for a new token and enrol again
transport-dial-broken = the connection to the hub above could not be made: { $what }
transport-handshake-broken = a caller's connection could not be made: { $what }
transport-handshake-nameless = a caller asked for a link without showing a certificate
