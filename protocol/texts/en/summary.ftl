fault-summary-absurd = the figure { $found } is above the limit of { $most }; check that month's records
fault-summary-negative = the summary has a figure below zero; upgrade the sending program and sync again
fault-summary-too-many-keys = the summary has { $found } keys, above the limit of { $most }
fault-summary-unknown-policy = policy { $policy } is not assigned to the unit; wait until it comes down, or assign it at the hub with policy assign
fault-summary-unknown-rule = policy { $policy } has no rule { $rule }; wait until the new version comes down
fault-summary-unknown-key = the vocabulary of policy { $policy } lacks a word that the summary uses; wait until the new version comes down
fault-summary-misplaced = a stock stands among the flows or a flow among the stocks; upgrade the sending program and sync again
