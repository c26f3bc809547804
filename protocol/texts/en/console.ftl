fault-unexpected = Unexpected fault: { $what }

arguments-usage = Usage:{" "}
arguments-commands = Commands:
arguments-options = Options:
arguments-values = Arguments:
arguments-choices = {" "}({ $words })
arguments-default = {" "}(default: { $word })
arguments-environment = {" "}(environment: { $name })
arguments-malformed = { $argument }: "{ $value }" will not do: { $why }
arguments-no-value = { $argument } wants a value
arguments-invalid-value = { $argument }: "{ $value }" will not do; choose from: { $words }
arguments-unknown = there is no option "{ $argument }"
arguments-unknown-command = there is no command "{ $command }"
arguments-missing = required and not given: { $argument }
arguments-conflict = { $argument } cannot be used with { $other }
arguments-number-of-values = { $argument } has the wrong number of values
arguments-did-you-mean = did you mean: { $word }
arguments-see-help = add --help for an explanation
arguments-language = there is no language "{ $tag }"; use zh (Chinese) or en (English)

arg-help = show this explanation
arg-version = show the version
arg-lang = language of texts: zh or en
arg-format = how to print a listing
date-shape = a date is written 2026-03-02, 2026/3/2 or 2026.3.2
date-no-such-day = the calendar has no such day
date-out-of-range = years go from 1900 to 2199
