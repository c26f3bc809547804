help-hub-suspend = keep a node or lower hub out for a while; its connection is closed at once, and `resume` lets it in again
help-hub-resume = let a suspended node or lower hub in again; lift a ban
help-hub-ban = keep a node or lower hub out for good: its keys are given up, and it gets no token until the ban is lifted
help-hub-retire = the office of a node or lower hub is at an end: it is no longer expected, and what it sent goes on counting
help-hub-revoke = give up the keys of a node or lower hub, because its machine was stolen for instance; a new token lets it in again
arg-hub-reason = why, for the audit trail; no names of persons

ruled-suspended = suspended { $replica }; `zhuji-hub resume` lets it in again
ruled-active = resumed { $replica }; it comes back by itself within hours, or at once with `sync --once` there
ruled-banned = banned { $replica }; `zhuji-hub resume` lifts the ban
ruled-retired = retired { $replica }: it is no longer expected, and what it sent goes on counting
ruled-revoked = revoked { $replica }; to let it in again, issue a token with `zhuji-hub token issue --unit { $unit }`
ruled-unbanned = the ban of { $replica } is lifted; its old keys stay given up: issue a token with `zhuji-hub token issue --unit { $unit }`
ruling-unfit-active = { $replica } is neither suspended nor banned; there is nothing to lift
ruling-unfit-suspended = { $replica } is suspended already; `zhuji-hub resume` lets it in again
ruling-unfit-banned = { $replica } is banned already; `zhuji-hub resume` lifts the ban
ruling-unfit-retired = { $replica } is retired already; a new token (`zhuji-hub token issue --unit { $unit }`) lets its unit begin anew
ruling-unfit-revoked = { $replica } is revoked already; a new token (`zhuji-hub token issue --unit { $unit }`) lets it in again
no-token-suspended = { $replica } is suspended and gets no token; let it in again with `zhuji-hub resume --unit { $unit }`
no-token-banned = { $replica } is banned and gets no token; lift the ban first with `zhuji-hub resume --unit { $unit }`
malformed-reason = a reason has at most 200 characters on one line

fleet-standing-suspended = suspended
fleet-standing-banned = banned
fleet-standing-retired = retired

revocations-unreadable = { $path }, the list of who was put out, cannot be read: { $what }
revocations-malformed = { $path }, the list of who was put out, was changed in line { $line }; take the line out if it cannot be mended
revocations-unwritable = the list of who was put out, beside the store, cannot be written; nothing was changed: { $what }
link-close-key-replaced = this store is from before its key was exchanged (restored from a backup, or copied): ask the hub above for a token and enrol this store anew
hub-store-key-unfit = { $replica } asks for a certificate of a key that was given up, is another's, or is one too many
hub-answers-too-late = the running hub did not answer within { $seconds } seconds; it may still carry the command out: look at `zhuji-hub audit` and at its log before trying again, and restart it if it is stuck
fleet-standing-forked = forked: two stores speak as it; enrol the right one anew
ruling-unfit-forked = two stores speak as { $replica }; a new token (`zhuji-hub token issue --unit { $unit }`) lets the right one in again
