# The sandbox through its program: every endpoint, every fault on the wire, the ledger.
TESTS += %D%/api.sh %D%/faults.sh %D%/ledger.sh
EXTRA_DIST += %D%/ask.sh %D%/api.sh %D%/faults.sh %D%/ledger.sh
